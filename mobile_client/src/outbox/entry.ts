/** One photo or clip on its way. The key is made when the shutter is pressed and never changes: the server counts it once. */
export interface Entry {
  key: string;
  owner: string;
  photo: Blob | null;
  /** Entries of earlier versions of the app have none: they are photos. */
  kind?: 'photo' | 'clip';
  capturedAt: string;
  state: 'waiting' | 'sending' | 'reading' | 'done' | 'refused';
  attempts: number;
  nextAt: number;
  snapshotId: string | null;
  readingId: string | null;
  problem: string | null;
}

/** Half a minute at most: a person is waiting, and the server's own limit answers with Retry-After. */
const LONGEST_WAIT_S = 30;

export function waitBefore(attempt: number): number {
  return Math.min(LONGEST_WAIT_S, 2 ** attempt) * 1000;
}

export function newEntry(owner: string, photo: Blob, now: Date, kind: 'photo' | 'clip' = 'photo'): Entry {
  return {
    key: crypto.randomUUID(),
    owner,
    photo,
    kind,
    capturedAt: now.toISOString(),
    state: 'waiting',
    attempts: 0,
    nextAt: 0,
    snapshotId: null,
    readingId: null,
    problem: null,
  };
}

export interface Answer {
  status: number;
  retryAfter: number | null;
  snapshot: { id: string; status: string; readingId: string | null; problem: string | null } | null;
  code: string;
}

/** What the server's answer means for an entry. `null` stands for: no answer came. */
export function afterAnswer(entry: Entry, answer: Answer | null, now: number): Entry {
  const again = (seconds: number | null): Entry => ({
    ...entry,
    state: entry.snapshotId ? 'reading' : 'waiting',
    attempts: entry.attempts + 1,
    nextAt: now + (seconds ? seconds * 1000 : waitBefore(entry.attempts)),
  });
  if (!answer || answer.status === 401 || answer.status >= 500) return again(null);
  if (answer.status === 408 || answer.status === 429) return again(answer.retryAfter);
  if (answer.status >= 400 || !answer.snapshot) return { ...entry, photo: null, state: 'refused', problem: answer.code };
  return afterSnapshot(entry, answer.snapshot, now);
}

function afterSnapshot(entry: Entry, snapshot: NonNullable<Answer['snapshot']>, now: number): Entry {
  // The server has it: the photo leaves the phone, whatever happens next.
  const kept = { ...entry, photo: null, snapshotId: snapshot.id };
  if (snapshot.status === 'read') return { ...kept, state: 'done', readingId: snapshot.readingId };
  if (snapshot.status === 'rejected') return { ...kept, state: 'refused', problem: snapshot.problem };
  return { ...kept, state: 'reading', attempts: entry.attempts + 1, nextAt: now + waitBefore(Math.min(entry.attempts, 3)) };
}

export const unfinished = (entry: Entry): boolean => entry.state !== 'done' && entry.state !== 'refused';
