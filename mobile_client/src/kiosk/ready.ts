/** Whether this server takes frames (POST /cameras/frames): then tablet mode is offered to administrators under Me; it is at /kiosk. */
export const KIOSK_READY = true;
