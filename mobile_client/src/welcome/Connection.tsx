import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t';

type State = 'checking' | 'ok' | 'failed';

/** Says before a password is typed whether anybody will hear it. */
export function Connection() {
  const [state, setState] = useState<State>('checking');
  const check = (): void => {
    setState('checking');
    fetch('/healthz', { cache: 'no-store' }).then(
      (answer) => setState(answer.ok ? 'ok' : 'failed'),
      () => setState('failed'),
    );
  };
  useEffect(() => {
    check();
    window.addEventListener('online', check);
    window.addEventListener('offline', check);
    return () => {
      window.removeEventListener('online', check);
      window.removeEventListener('offline', check);
    };
  }, []);
  return (
    <div class="row small muted" role="status" data-connection={state}>
      <span class={`lamp ${state}`} aria-hidden="true" />
      {t(`welcome.connection.${state}`)}
      {state === 'failed' && (
        <button class="button plain" type="button" onClick={check}>
          {t('app.retry')}
        </button>
      )}
    </div>
  );
}
