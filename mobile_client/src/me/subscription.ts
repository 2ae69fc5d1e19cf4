import { fetchJson } from '../api/client';

export type PushState = 'asking' | 'unsupported' | 'denied' | 'isoff' | 'on' | 'off';

const supported = (): boolean => 'PushManager' in window && 'serviceWorker' in navigator;

async function existing(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

export async function currentState(): Promise<PushState> {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  return (await existing()) ? 'on' : 'off';
}

const serverKey = async (): Promise<string> => (await fetchJson<{ key: string }>('/me/webpush/key')).key;

async function register(key: string): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await fetchJson('/me/webpush', { method: 'POST', json: made.toJSON() });
}

export async function subscribe(): Promise<PushState> {
  const answer = await Notification.requestPermission();
  if (answer !== 'granted') return answer === 'denied' ? 'denied' : 'off'; // a question that was closed may be asked again
  await register(await serverKey());
  return 'on';
}

export async function unsubscribe(): Promise<PushState> {
  const known = await existing();
  if (!known) return 'off';
  await fetchJson('/me/webpush', { method: 'DELETE', json: { endpoint: known.endpoint } });
  await known.unsubscribe();
  return 'off';
}

const keyOf = (subscription: PushSubscription): string =>
  btoa(String.fromCharCode(...new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/**
 * When the app starts: a server whose key was changed cannot wake this browser any more, and has forgotten it. Who asked
 * for push goes on having it.
 */
export async function renew(): Promise<void> {
  if (!supported() || Notification.permission !== 'granted') return;
  const known = await existing();
  if (!known) return;
  const key = await serverKey();
  if (keyOf(known) !== key) await known.unsubscribe();
  await register(key); // the same subscription again where the key is the same
}
