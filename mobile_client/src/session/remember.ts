/** Only a user name, settings and answers: nothing here opens anything. */
const KEY = 'evenkeel.last-user';
/** The answer to `today/Zone.tsx`, which is about one person's clock. */
export const ZONE_KEPT = 'evenkeel.zone-kept';
const UNTOLD = 'evenkeel.language-untold';
const LEAVING = 'evenkeel.leaving';

const mark = (key: string, set: boolean): void => (set ? localStorage.setItem(key, '1') : localStorage.removeItem(key));

export const remembered = (): string | null => localStorage.getItem(KEY);
export const rememberUser = (username: string): void => localStorage.setItem(KEY, username);
export const forgetUser = (): void => [KEY, ZONE_KEPT, UNTOLD].forEach((key) => localStorage.removeItem(key));

/** Another tab logged its person out, or another one in. */
export const onOtherUser = (run: () => void): void => window.addEventListener('storage', (event) => event.key === KEY && run());

export const isLeaving = (): boolean => localStorage.getItem(LEAVING) !== null;
export const setLeaving = (leaving: boolean): void => mark(LEAVING, leaving);

/** A language was chosen here and the server has not heard of it yet. */
export const isUntold = (): boolean => localStorage.getItem(UNTOLD) !== null;
export const setUntold = (untold: boolean): void => mark(UNTOLD, untold);
