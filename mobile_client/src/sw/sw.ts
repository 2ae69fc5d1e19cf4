import { alone, drain } from '../outbox/send';
import { readOne } from '../outbox/database';

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: string[];
declare const __VERSION__: string;

const CACHE = `evenkeel-${__VERSION__}`;

/** Addresses that the server answers itself; every other page is the app. */
const SERVER_PAGES = /^\/(api|docs|redoc|healthz|readyz|metrics)(\/|$)/;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

// A new version waits until the person says so (or all windows are closed): no page changes under somebody's hands.
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(__SHELL__)));
});

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

/** Only the app itself is kept. Nothing of the API is ever cached: what is about a person stays on the server. */
async function fromShell(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const wanted = request.mode === 'navigate' ? '/index.html' : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === self.location.origin && event.request.method === 'GET';
  const pageOrFile = event.request.mode === 'navigate' ? !SERVER_PAGES.test(url.pathname) : __SHELL__.includes(url.pathname);
  if (ours && pageOrFile) event.respondWith(fromShell(event.request));
});

async function accessToken(): Promise<string | null> {
  const trade = (): Promise<Response> => fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin' });
  const answer = await self.navigator.locks.request('evenkeel-refresh', trade);
  if (answer.status === 429 || answer.status >= 500) throw new Error('not now'); // the browser tries again later
  return answer.ok ? ((await answer.json()) as { access_token: string }).access_token : null;
}

/** The same road as the page's, for when no page is open. */
async function drainInBackground(): Promise<void> {
  if ((await self.clients.matchAll({ type: 'window' })).length > 0) return; // the page does it itself
  const owner = (await readOne<string>('local', 'owner')) ?? null;
  if (!owner) return; // whoever was here has left, whatever the cookie says
  const token = await accessToken();
  if (!token) return;
  const signed = { Authorization: `Bearer ${token}` };
  const left = await alone(() =>
    drain(
      {
        owner,
        post: (path, init) => fetch(`/api/v1${path}`, { method: 'POST', ...init, headers: { ...init.headers, ...signed } }),
        get: (path, signal) => fetch(`/api/v1${path}`, { headers: signed, signal }),
      },
      Date.now,
      true,
    ),
  );
  if (typeof left === 'number') throw new Error('something still waits'); // the browser then tries again later
}

self.addEventListener('sync', (event) => {
  const sync = event as unknown as SyncEvent;
  if (sync.tag === 'outbox') sync.waitUntil(drainInBackground());
});

const NOTE: Readonly<Record<string, string>> = { en: 'You have a note', zh: '你有一条便笺', ko: '쪽지가 있어요' };

/** On a lock screen anybody can read along: a push says that there is something, never what. */
async function notify(): Promise<void> {
  const language = (await readOne<string>('local', 'language')) ?? 'en';
  await self.registration.showNotification('Evenkeel', {
    body: NOTE[language] ?? NOTE.en,
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    tag: 'note',
  });
}

self.addEventListener('push', (event) => event.waitUntil(notify()));

async function openToday(): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (page) await page.focus();
  else await self.clients.openWindow('/today');
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openToday());
});
