import { BASE } from '../api/client';

export type Outcome = 'done' | 'unknown' | 'refused' | 'failed';

/** Who was recognised is never said to the tablet; only whether somebody was. */
function outcomeOf(body: { accepted?: number; recognised?: number } | null): Outcome {
  const count = body?.accepted ?? body?.recognised;
  return count === 0 ? 'unknown' : 'done';
}

/** With the place's camera key, never with a person's session. */
export async function sendFrame(photo: Blob, key: string): Promise<Outcome> {
  const body = new FormData();
  body.append('file', photo, 'frame.jpg');
  body.append('captured_at', new Date().toISOString());
  const headers = { 'X-API-Key': key, 'Idempotency-Key': crypto.randomUUID() };
  try {
    const answer = await fetch(`${BASE}/cameras/frames`, { method: 'POST', headers, body, credentials: 'omit' });
    if (answer.status === 401 || answer.status === 403) return 'refused';
    return answer.ok ? outcomeOf((await answer.json().catch(() => null)) as { accepted?: number } | null) : 'failed';
  } catch {
    return 'failed';
  }
}
