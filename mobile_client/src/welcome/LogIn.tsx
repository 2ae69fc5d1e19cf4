import { useState } from 'preact/hooks';
import { ApiError, problemOf } from '../api/errors';
import { queryClient } from '../api/queries';
import { t } from '../i18n/t';
import { takeOver } from '../session/owner';
import { remembered } from '../session/remember';
import { logIn, Unreachable } from '../session/session';
import { sayProblem } from '../i18n/problem';
import { OfflineError } from '../api/errors';
import { Field, PasswordField } from '../ui/Field';
import type { Door } from './Welcome';

/** Signs in; used by the log-in form and right after registering, which has more to do on arrival. */
export async function enter(username: string, password: string, begin?: () => Promise<void>): Promise<void> {
  const arrive = async (): Promise<void> => {
    queryClient.clear(); // before anything is shown: it may be about whoever was signed out here
    await takeOver(username);
    await begin?.();
  };
  const answer = await logIn(username, password, arrive).catch((error: unknown) => {
    throw error instanceof Unreachable ? new OfflineError() : error;
  });
  if (!answer.ok) throw await problemOf(answer);
}

const sayLogin = (error: unknown): string =>
  error instanceof ApiError && (error.status === 401 || error.status === 400) ? t('error.credentials') : sayProblem(error);

export function LogIn({ go }: { go: (door: Door) => void }) {
  const [username, setUsername] = useState(remembered() ?? '');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setFault('');
    await enter(username.trim(), password).catch((error: unknown) => setFault(sayLogin(error)));
    setBusy(false);
  }

  return (
    <form class="stack" onSubmit={(event) => void submit(event)}>
      <Field
        label={t('welcome.username')}
        value={username}
        onValue={setUsername}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      <PasswordField
        label={t('welcome.password')}
        value={password}
        onValue={setPassword}
        name="password"
        autocomplete="current-password"
        required
      />
      {fault && (
        <p class="note danger" role="alert">
          {fault}
        </p>
      )}
      <button class="button primary big" type="submit" disabled={busy}>
        {t('welcome.login')}
      </button>
      <button class="button" type="button" onClick={() => go('register')}>
        {t('welcome.register')}
      </button>
      <button class="button plain" type="button" onClick={() => go('reset')}>
        {t('welcome.forgot')}
      </button>
    </form>
  );
}
