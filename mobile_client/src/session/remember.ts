/** Only a user name and settings: nothing here opens anything. */
const KEY = 'evenkeel.last-user';

const LEAVING = 'evenkeel.leaving';

export const remembered = (): string | null => localStorage.getItem(KEY);
export const rememberUser = (username: string): void => localStorage.setItem(KEY, username);
export const forgetUser = (): void => localStorage.removeItem(KEY);

export const isLeaving = (): boolean => localStorage.getItem(LEAVING) !== null;
export const setLeaving = (leaving: boolean): void => (leaving ? localStorage.setItem(LEAVING, '1') : localStorage.removeItem(LEAVING));
