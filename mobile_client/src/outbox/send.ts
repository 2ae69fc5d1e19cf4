import { readAll, readOne, remove, replace, write } from './database';
import { afterAnswer, type Answer, type Entry, unfinished } from './entry';

/** How to reach the server: the page and the service worker each bring their own way of signing. */
export interface Road {
  owner: string | null; // null: whoever the cookie belongs to is not known, so nothing is sent
  post(path: string, init: { body?: FormData; headers: Record<string, string>; signal: AbortSignal }): Promise<Response>;
  get(path: string, signal: AbortSignal): Promise<Response>;
}

const WAIT_S = 5;
/** A line that has gone quiet is hung up on, or nothing else would go out for a quarter of an hour; 8 kB a second are a slow one. */
const PATIENCE_MS = 60_000;
const SLOW_BYTES_A_MS = 8;
/** Finished entries stay a while, so that the screen that waits for them can follow. */
const FORGET_AFTER_MS = 24 * 3600 * 1000;
/** No server asks for a longer pause: such a date was made by a clock that has been set back since. */
const LONGEST_PAUSE_MS = 3600 * 1000;

export const allEntries = async (): Promise<Entry[]> =>
  (await readAll<Entry>('outbox')).sort((a, b) => a.capturedAt.localeCompare(b.capturedAt));
export const keepEntry = (entry: Entry): Promise<void> => write('outbox', entry.key, entry);
const follow = (entry: Entry): Promise<void> => replace('outbox', entry.key, entry);
export const dropEntry = (key: string): Promise<void> => remove('outbox', key);

interface Snapshot {
  id: string;
  status: string;
  reading?: { id: string } | null;
  problem?: { code: string } | null;
}

async function understand(response: Response): Promise<Answer> {
  const body = (await response.json().catch(() => null)) as (Snapshot & { code?: string }) | null;
  const after = Number(response.headers.get('Retry-After'));
  const snapshot = response.ok && body ? body : null;
  return {
    status: response.status,
    retryAfter: after > 0 ? after : null,
    at: Date.parse(response.headers.get('Date') ?? ''),
    code: body?.code ?? '',
    snapshot: snapshot && {
      id: snapshot.id,
      status: snapshot.status,
      readingId: snapshot.reading?.id ?? null,
      problem: snapshot.problem?.code ?? null,
    },
  };
}

const placeOf = (entry: Entry): string => (entry.kind === 'clip' ? '/clips' : '/snapshots');

function upload(entry: Entry, road: Road): Promise<Response> {
  const photo = entry.photo as Blob;
  const body = new FormData();
  body.append('file', photo, entry.kind === 'clip' ? 'clip' : 'photo.jpg');
  body.append('captured_at', entry.capturedAt);
  const headers = { 'Idempotency-Key': entry.key, Prefer: `wait=${WAIT_S}` };
  return road.post(placeOf(entry), { body, headers, signal: AbortSignal.timeout(PATIENCE_MS + Math.ceil(photo.size / SLOW_BYTES_A_MS)) });
}

function look(entry: Entry, road: Road): Promise<Response> {
  return road.get(`${placeOf(entry)}/${entry.snapshotId}`, AbortSignal.timeout(PATIENCE_MS));
}

async function ask(entry: Entry, road: Road): Promise<Answer | null> {
  try {
    return await understand(await (entry.snapshotId ? look : upload)(entry, road));
  } catch {
    return null;
  }
}

async function advance(entry: Entry, road: Road, now: () => number): Promise<Entry> {
  if (!entry.snapshotId) await follow({ ...entry, state: 'sending' });
  const next = afterAnswer(entry, await ask(entry, road), now());
  await follow(next);
  return next;
}

const old = (entry: Entry, now: number): boolean =>
  !unfinished(entry) && now - (entry.finishedAt ?? Date.parse(entry.capturedAt)) > FORGET_AFTER_MS;

async function tidy(entries: readonly Entry[], now: number): Promise<void> {
  for (const entry of entries) if (old(entry, now)) await dropEntry(entry.key);
}

/**
 * Sends what is due, one after the other. Returns when to come back (ms since epoch), or null when nothing waits.
 * Call it under `alone`: a second sender would be harmless to the server, and wasteful.
 */
export async function drain(road: Road, now: () => number = Date.now, force = false): Promise<number | null> {
  const entries = await allEntries();
  await tidy(entries, now());
  const mine = entries.filter((entry) => unfinished(entry) && entry.owner === road.owner);
  const left: Entry[] = [];
  for (const { key } of mine) {
    const entry = await readOne<Entry>('outbox', key);
    if (!entry) continue; // discarded, or its owner has left, while the one before was on its way
    const pause = entry.nextAt - now();
    const due = force || pause <= 0 || pause > LONGEST_PAUSE_MS;
    const next = due ? await advance(entry, road, now) : entry;
    if (unfinished(next)) left.push(next);
  }
  return left.length ? Math.min(...left.map((entry) => entry.nextAt)) : null;
}

/** One sender at a time, across tabs and the service worker. Returns undefined when another one is at it. */
export async function alone<T>(work: () => Promise<T>): Promise<T | undefined> {
  if (!('locks' in navigator)) return work();
  return await navigator.locks.request('evenkeel-outbox', { ifAvailable: true }, async (lock) => (lock ? await work() : undefined));
}
