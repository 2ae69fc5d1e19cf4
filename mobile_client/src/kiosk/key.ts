import { readOne } from '../outbox/database';

export const KEY = 'kiosk-key';

/** The camera key that makes this device a tablet for everybody; null on a person's own device. */
export const kioskKey = async (): Promise<string | null> => (await readOne<string>('local', KEY)) ?? null;
