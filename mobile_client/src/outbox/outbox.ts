import { call } from '../api/client';
import { ApiError } from '../api/errors';
import { remembered } from '../session/remember';
import { session } from '../session/session';
import { createStore, useStore } from '../ui/store';
import { type Entry, newEntry, unfinished } from './entry';
import { allEntries, alone, drain, dropEntry, keepEntry, type Road } from './send';

/** The page's side of the outbox: keeps the visible list fresh and knocks when it is time. */
const entries = createStore<readonly Entry[] | null>(null);
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('evenkeel-outbox');
let timer: ReturnType<typeof setTimeout> | undefined;
let arrived: (() => void) | undefined;

export function useOutbox(): readonly Entry[] {
  const owner = remembered();
  return (useStore(entries) ?? []).filter((entry) => entry.owner === owner);
}

/** Undefined until it is known what is in here; null for what is not, or no longer. */
export function useEntry(key: string): Entry | null | undefined {
  const known = useStore(entries) !== null;
  const found = useOutbox().find((entry) => entry.key === key);
  return known ? (found ?? null) : undefined;
}

async function show(): Promise<void> {
  const before = new Set(entries.get()?.filter((entry) => entry.state === 'done').map((entry) => entry.key));
  const now = await allEntries();
  entries.set(now);
  if (now.some((entry) => entry.state === 'done' && !before.has(entry.key))) arrived?.();
}

/** The API client signs and renews; the outbox wants the answer itself, also when it is a refusal. */
async function plain(work: Promise<Response>): Promise<Response> {
  return work.catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    const headers = { 'Retry-After': `${error.retryAfter ?? ''}`, Date: error.date };
    return new Response(JSON.stringify({ code: error.code }), { status: error.status, headers });
  });
}

const road = (): Road => ({
  owner: remembered(),
  post: (path, { body, ...init }) => plain(call(path, { method: 'POST', form: body, ...init })),
  get: (path, signal) => plain(call(path, { signal })),
});

async function askForBackgroundSync(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register('outbox').catch(() => undefined);
}

export async function knock(force = false): Promise<void> {
  clearTimeout(timer);
  await show();
  if (session.get().phase !== 'in') return;
  const watch = setInterval(() => void show(), 400);
  const next = await alone(() => drain(road(), Date.now, force)).finally(() => clearInterval(watch));
  await show();
  channel?.postMessage('changed');
  // Another sender is at it (undefined), or something is left: look again.
  if (next !== null) timer = setTimeout(() => void knock(), Math.max(500, (next ?? Date.now() + 1000) - Date.now()));
}

export async function put(photo: Blob, kind: 'photo' | 'clip' = 'photo'): Promise<string> {
  const owner = remembered();
  if (owner === null) throw new Error('nobody is signed in'); // logged out in another tab
  const entry = newEntry(owner, photo, new Date(), kind);
  await keepEntry(entry);
  await show();
  void knock();
  if (!navigator.onLine) void askForBackgroundSync();
  return entry.key;
}

export async function discard(key: string): Promise<void> {
  await dropEntry(key);
  await show();
}

/** On log-out: a shared phone must not keep somebody's face. */
export async function clearOutbox(): Promise<void> {
  for (const entry of await allEntries()) await dropEntry(entry.key);
  await show();
}

export const waiting = (list: readonly Entry[]): Entry[] => list.filter(unfinished);

/** Called once by main: `onArrived` refreshes what the app shows when a reading has come in. */
export function watchOutbox(onArrived: () => void): void {
  arrived = onArrived;
  channel?.addEventListener('message', () => void show());
  window.addEventListener('online', () => void knock(true));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void knock(true);
  });
  session.subscribe(() => void knock(true));
  void askForBackgroundSync();
  void knock(true);
}
