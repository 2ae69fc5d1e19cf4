/** Shown under Me once the server takes frames (POST /cameras/frames); the screen itself is at /kiosk. */
export const KIOSK_READY = false;
