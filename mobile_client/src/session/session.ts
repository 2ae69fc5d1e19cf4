import { createStore } from '../ui/store';
import { isLeaving, remembered, setLeaving } from './remember';

/**
 * The access token lives in this module's memory only. What survives a reload is the refresh cookie, which no
 * script can read; the first thing the app does is to trade it for a fresh access token.
 */
export type Phase = 'starting' | 'out' | 'in' | 'expired';
export const session = createStore<{ phase: Phase; reachable: boolean }>({ phase: 'starting', reachable: true });

let token: string | null = null;
/** Whom this tab shows: a cookie is shared by all tabs, and one of them may sign somebody else in. */
let person: string | null = null;
let pending: Promise<string | null> | null = null;

export const currentToken = (): string | null => token;
export const currentPerson = (): string | null => person;

const personOf = (jwt: string): string =>
  (JSON.parse(atob(jwt.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')) as { sub: string }).sub;

async function tokenIn(answer: Response): Promise<string> {
  return ((await answer.json()) as { access_token: string }).access_token;
}

function keep(jwt: string): string {
  person = personOf(jwt);
  return (token = jwt);
}

/** What this tab shows, and was about to do, is another person's: it never goes on. */
function startAgain(): Promise<never> {
  location.reload();
  return new Promise(() => undefined);
}

/** One refresh at a time across tabs and the service worker: a refresh cookie used twice ends the session. */
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return await navigator.locks.request('evenkeel-refresh', work);
}

export class Unreachable extends Error {}

async function post(path: string, body?: BodyInit): Promise<Response> {
  const answer = await fetch(`/api/v1/auth/${path}`, { method: 'POST', credentials: 'same-origin', body }).catch(() => {
    throw new Unreachable();
  });
  // A proxy without a server behind it is as good as no network: the session may well be alive.
  if (answer.status >= 502 && answer.status <= 504) throw new Unreachable();
  return answer;
}

async function tradeCookie(): Promise<string | null> {
  if (isLeaving()) return (token = null);
  const answer = await exclusively(() => post('refresh'));
  // Only a refusal ends the sign-in: a server in trouble, or one that asks to wait, knows nothing against it.
  if (answer.status === 429 || answer.status >= 500) throw new Unreachable();
  if (!answer.ok) return (token = null);
  const fresh = await tokenIn(answer);
  return person === null || person === personOf(fresh) ? keep(fresh) : startAgain();
}

export function refresh(): Promise<string | null> {
  pending ??= tradeCookie().finally(() => (pending = null));
  return pending;
}

/** A line that has gone quiet answers nothing for minutes; the cookie may still be traded meanwhile. */
const PATIENCE_MS = 5000;

async function soon<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, give) => (timer = setTimeout(() => give(new Unreachable()), PATIENCE_MS)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export async function resume(): Promise<void> {
  if (isLeaving()) {
    await tellLogOut();
    return session.set({ phase: 'out', reachable: !isLeaving() });
  }
  try {
    const fresh = await (remembered() ? soon(refresh()) : refresh());
    session.set({ phase: fresh ? 'in' : 'out', reachable: true });
  } catch {
    // Offline at start, or as good as: whoever was signed in here last may still take a photo; it waits in the outbox.
    session.set({ phase: remembered() ? 'in' : 'out', reachable: false });
  }
}

/** `arrive` runs once the password is known to be right, before anything is sent in the new person's name. */
export async function logIn(username: string, password: string, arrive: () => Promise<void>): Promise<Response> {
  const answer = await exclusively(async () => {
    const said = await post('token', new URLSearchParams({ username, password }));
    if (said.ok) {
      await arrive();
      setLeaving(false); // the cookie of whoever left without a network is replaced
    }
    return said;
  });
  if (answer.ok) {
    keep(await tokenIn(answer.clone()));
    session.set({ phase: 'in', reachable: true });
  }
  return answer;
}

export function sessionEnded(): void {
  token = null;
  if (session.get().phase === 'in') session.set({ phase: 'expired', reachable: true });
}

/** Without a network the cookie stays, which no script can remove: the phone remembers that its owner has left. */
export async function logOut(): Promise<void> {
  setLeaving(true);
  await tellLogOut();
  forget();
}

/** Tells the server about a log-out that it may not have heard of yet; called again when there is a network. */
export async function tellLogOut(): Promise<void> {
  if (!isLeaving()) return;
  // Asked again behind the lock: meanwhile somebody may have signed in.
  const answer = await exclusively(async () => (isLeaving() ? post('logout') : null)).catch(() => null);
  if (answer?.ok) setLeaving(false);
}

export function forget(): void {
  token = person = null;
  session.set({ phase: 'out', reachable: true });
}
