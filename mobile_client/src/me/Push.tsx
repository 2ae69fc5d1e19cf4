import { useEffect, useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { ApiError } from '../api/errors';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { toast } from '../ui/Toast';

type State = 'asking' | 'unsupported' | 'denied' | 'isoff' | 'on' | 'off';

const supported = (): boolean => 'PushManager' in window && 'serviceWorker' in navigator;

async function currentState(): Promise<State> {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ? 'on' : 'off';
}

async function subscribe(): Promise<State> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const { key } = await fetchJson<{ key: string }>('/me/webpush/key');
  const registration = await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await fetchJson('/me/webpush', { method: 'POST', json: made.toJSON() });
  return 'on';
}

async function unsubscribe(): Promise<State> {
  const registration = await navigator.serviceWorker.getRegistration();
  const known = await registration?.pushManager.getSubscription();
  if (!known) return 'off';
  await fetchJson('/me/webpush', { method: 'DELETE', json: { endpoint: known.endpoint } });
  await known.unsubscribe();
  return 'off';
}

export function Push() {
  const [state, setState] = useState<State>('asking');
  useEffect(() => void currentState().then(setState), []);
  async function change(work: () => Promise<State>): Promise<void> {
    try {
      setState(await work());
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 503)) setState('isoff');
      else toast(sayProblem(error));
    }
  }
  return (
    <section class="card stack-s">
      <h2 class="h3">{t('channels.push')}</h2>
      {(state === 'unsupported' || state === 'denied' || state === 'isoff') && <p>{t(`channels.push.${state}`)}</p>}
      {state === 'on' && <p>{t('channels.push.active')}</p>}
      {(state === 'on' || state === 'off') && (
        <div>
          <button class="button" type="button" onClick={() => void change(state === 'on' ? unsubscribe : subscribe)}>
            {t(state === 'on' ? 'channels.push.off' : 'channels.push.on')}
          </button>
        </div>
      )}
    </section>
  );
}
