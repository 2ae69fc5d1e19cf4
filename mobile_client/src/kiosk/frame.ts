import { BASE } from '../api/client';
import type { components } from '../api/types.gen';
import { newKey } from '../outbox/entry';

export type Outcome = 'done' | 'unknown' | 'unread' | 'refused' | 'failed';
type Answer = components['schemas']['FramesOut'];

/** A decision needs agreeing frames: three within half a second, and all of them must. */
export const FRAMES = 3;
export const APART_MS = 250;
/** Seconds to wait for the reading; the next person stands behind. */
const WAIT = 20;
/** A line that has gone quiet is hung up on: the tablet must not stand still for the next person. */
const PATIENCE_MS = (WAIT + 20) * 1000;

/** Who was recognised is never said to the tablet; only whether somebody was, and whether it could be read. */
export function outcomeOf(answer: Pick<Answer, 'status' | 'recognised' | 'accepted'>): Outcome {
  if (answer.status !== 'read') return 'failed';
  if (!answer.recognised) return 'unknown';
  return answer.accepted ? 'done' : 'unread';
}

/** With the place's camera key, never with a person's session; it is now by the server's clock: nobody sets a tablet's on a wall. */
export async function sendFrames(photos: readonly Blob[], key: string): Promise<Outcome> {
  const body = new FormData();
  photos.forEach((photo, number) => body.append('file', photo, `${number}.jpg`));
  body.append('source', 'kiosk');
  const headers = { 'X-API-Key': key, 'Idempotency-Key': newKey(), Prefer: `wait=${WAIT}` };
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`${BASE}/cameras/frames`, { method: 'POST', headers, body, credentials: 'omit', signal });
    if (answer.status === 401 || answer.status === 403) return 'refused';
    return answer.ok ? outcomeOf((await answer.json()) as Answer) : 'failed';
  } catch {
    return 'failed';
  }
}

/** Well within the two minutes after which a camera counts as away. */
export const HERE_MS = 60_000;

/** For the administrator's list: a tablet at which nobody taps is there all the same. */
export async function sayHere(key: string): Promise<void> {
  const headers = { 'X-API-Key': key, 'Content-Type': 'application/json' };
  await fetch(`${BASE}/cameras/heartbeat`, { method: 'POST', headers, body: '{}', credentials: 'omit' }).catch(() => undefined);
}
