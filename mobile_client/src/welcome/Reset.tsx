import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { ApiError } from '../api/errors';
import { sayFields, sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Field, PasswordField } from '../ui/Field';
import type { Door } from './Welcome';

/** A mail's link carries its code behind the `#`, which no server log sees. */
const codeInAddress = (): string => new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

export function Reset({ go }: { go: (door: Door) => void }) {
  const [stage, setStage] = useState<'ask' | 'set' | 'done'>(codeInAddress() ? 'set' : 'ask');
  return (
    <div class="stack">
      <h2>{t('welcome.reset.title')}</h2>
      {stage === 'ask' && <Ask onSent={() => setStage('set')} />}
      {stage === 'set' && <SetNew onDone={() => setStage('done')} />}
      {stage === 'done' && <p class="note">{t('welcome.reset.done')}</p>}
      <button class={`button ${stage === 'done' ? 'primary' : 'plain'}`} type="button" onClick={() => go('login')}>
        {t(stage === 'done' ? 'welcome.login' : 'app.back')}
      </button>
    </div>
  );
}

function Ask({ onSent }: { onSent: () => void }) {
  const [who, setWho] = useState('');
  const [fault, setFault] = useState('');
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await fetchJson('/auth/password-reset', { method: 'POST', json: { login: who.trim() }, anonymous: true });
      onSent();
    } catch (error) {
      setFault(sayProblem(error));
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void submit(event)}>
      <p>{t('welcome.reset.lead')}</p>
      <Field label={t('welcome.reset.who')} value={who} onValue={setWho} fault={fault} autocapitalize="none" required />
      <button class="button primary" type="submit">
        {t('welcome.reset.send')}
      </button>
    </form>
  );
}

const say = (error: unknown): string =>
  error instanceof ApiError && [400, 401, 404, 410].includes(error.status) ? t('error.token') : sayProblem(error);

function SetNew({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState(codeInAddress());
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    try {
      const json = { token: token.trim(), new_password: password };
      await fetchJson('/auth/password-reset/confirm', { method: 'POST', json, anonymous: true });
      history.replaceState(history.state, '', location.pathname);
      onDone();
    } catch (error) {
      setFault(sayFields(error).new_password ?? say(error));
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void submit(event)}>
      <p>{t('welcome.reset.sent')}</p>
      <Field label={t('welcome.reset.code')} value={token} onValue={setToken} autocomplete="one-time-code" required />
      <PasswordField label={t('welcome.reset.new')} value={password} onValue={setPassword} hint={t('welcome.password.hint')} autocomplete="new-password" required />
      {fault && (
        <p class="note danger" role="alert">
          {fault}
        </p>
      )}
      <button class="button primary" type="submit">
        {t('welcome.reset.set')}
      </button>
    </form>
  );
}
