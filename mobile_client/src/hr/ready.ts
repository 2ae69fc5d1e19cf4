/** The console appears in the navigation once it can do its work. */
export const HR_READY = false;
