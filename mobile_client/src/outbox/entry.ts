/** One photo or clip on its way. The key is made when the shutter is pressed and never changes: the server counts it once. */
export interface Entry {
  key: string;
  owner: string;
  photo: Blob | null;
  /** Entries of earlier versions of the app have none: they are photos. */
  kind?: 'photo' | 'clip';
  capturedAt: string;
  /** The phone's clock was wrong, and the time has been put right once. */
  corrected?: true;
  state: 'waiting' | 'sending' | 'reading' | 'done' | 'refused';
  attempts: number;
  nextAt: number;
  snapshotId: string | null;
  readingId: string | null;
  problem: string | null;
  /** When the server had the last word (ms since epoch); entries of earlier versions of the app have none. */
  finishedAt?: number;
}

/** Half a minute at most: a person is waiting, and the server's own limit answers with Retry-After. */
const LONGEST_WAIT_S = 30;

export function waitBefore(attempt: number): number {
  return Math.min(LONGEST_WAIT_S, 2 ** attempt) * 1000;
}

/** 128 random bits: `crypto.randomUUID` is missing where the app comes without TLS, and an album works there. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export function newEntry(owner: string, photo: Blob, now: Date, kind: 'photo' | 'clip' = 'photo'): Entry {
  return {
    key: newKey(),
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
  /** The server's clock (ms since epoch); NaN when it did not say. */
  at: number;
  snapshot: { id: string; status: string; readingId: string | null; problem: string | null } | null;
  code: string;
}

const NOT_WORTH_IT_MS = 60_000;

/** When it was taken by the server's clock, where that makes a difference. What then still lies ahead was taken before the phone's clock was set right: now is the nearest that is known. */
function putRight(entry: Entry, at: number, now: number): string | null {
  const taken = Date.parse(entry.capturedAt);
  const moved = Math.min(taken + at - now, at);
  return !entry.corrected && Math.abs(moved - taken) > NOT_WORTH_IT_MS ? new Date(moved).toISOString() : null;
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
  const capturedAt = answer.code === 'captured_at_invalid' ? putRight(entry, answer.at, now) : null;
  if (capturedAt) return { ...entry, capturedAt, corrected: true, state: 'waiting', nextAt: now };
  if (answer.status >= 400 || !answer.snapshot) return { ...entry, photo: null, state: 'refused', problem: answer.code, finishedAt: now };
  return afterSnapshot(entry, answer.snapshot, now);
}

function afterSnapshot(entry: Entry, snapshot: NonNullable<Answer['snapshot']>, now: number): Entry {
  // The server has it: the photo leaves the phone, whatever happens next.
  const kept = { ...entry, photo: null, snapshotId: snapshot.id };
  if (snapshot.status === 'read') return { ...kept, state: 'done', readingId: snapshot.readingId, finishedAt: now };
  if (snapshot.status === 'rejected') return { ...kept, state: 'refused', problem: snapshot.problem, finishedAt: now };
  return { ...kept, state: 'reading', attempts: entry.attempts + 1, nextAt: now + waitBefore(Math.min(entry.attempts, 3)) };
}

export const unfinished = (entry: Entry): boolean => entry.state !== 'done' && entry.state !== 'refused';
