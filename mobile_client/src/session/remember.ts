/** Only a user name and settings: nothing here opens anything. */
const KEY = 'evenkeel.last-user';

export const remembered = (): string | null => localStorage.getItem(KEY);
export const rememberUser = (username: string): void => localStorage.setItem(KEY, username);
export const forgetUser = (): void => localStorage.removeItem(KEY);
