import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/errors';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { toast } from '../ui/Toast';
import { currentState, type PushState, subscribe, unsubscribe } from './subscription';

export function Push() {
  const [state, setState] = useState<PushState>('asking');
  useEffect(() => void currentState().then(setState), []);
  async function change(work: () => Promise<PushState>): Promise<void> {
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
