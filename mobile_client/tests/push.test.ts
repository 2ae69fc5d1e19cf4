import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { renew, subscribe } from '../src/me/subscription';

const bytesOf = (key: string): ArrayBuffer => Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)).buffer;

/** A browser with a subscription made with `made`, beside a server whose key is `served`. */
function browser(made: string | null, served: string) {
  const calls: string[] = [];
  let key = made;
  const subscription = () => ({
    endpoint: 'https://push.test/1',
    options: { applicationServerKey: bytesOf(key ?? '') },
    toJSON: () => ({ endpoint: 'https://push.test/1', key }),
    unsubscribe: async () => void calls.push('unsubscribe'),
  });
  const pushManager = {
    getSubscription: async () => (key === null ? null : subscription()),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => ((key = applicationServerKey), subscription()),
  };
  const registration = { pushManager };
  vi.stubGlobal('window', { PushManager: class {} });
  vi.stubGlobal('Notification', { permission: 'granted' });
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => registration, ready: Promise.resolve(registration) } });
  vi.stubGlobal('fetch', async (url: string, given: RequestInit = {}) => {
    const [, path] = url.split('/me/');
    if (path) calls.push(`${given.method ?? 'GET'} ${path} ${given.body ?? ''}`.trim());
    return new Response(JSON.stringify({ key: served, access_token: 'e30.e30.' }), { headers: { 'content-type': 'application/json' } });
  });
  return calls;
}

beforeEach(() => vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }));
afterEach(() => vi.unstubAllGlobals());

test('a browser that was subscribed with an older key of the server is subscribed anew', async () => {
  const calls = browser('AQID-_8', 'BAUG');
  await renew();
  expect(calls).toEqual(['GET webpush/key', 'unsubscribe', 'POST webpush {"endpoint":"https://push.test/1","key":"BAUG"}']);
});

test('with the same key it only says that it is still there: the server may have forgotten it', async () => {
  const calls = browser('AQID-_8', 'AQID-_8');
  await renew();
  expect(calls).toEqual(['GET webpush/key', 'POST webpush {"endpoint":"https://push.test/1","key":"AQID-_8"}']);
});

test('whoever never asked for push is not subscribed', async () => {
  const calls = browser(null, 'BAUG');
  await renew();
  expect(calls).toEqual([]);
});

test.each([
  ['denied', 'denied'],
  ['default', 'off'], // closed without an answer: the button stays
])('a question that was answered with %s leaves push %s', async (permission, state) => {
  browser(null, 'AQID');
  vi.stubGlobal('Notification', { requestPermission: async () => permission });
  expect(await subscribe()).toBe(state);
});
