import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { ApiError } from '../api/errors';
import { changeMe, useMe } from '../api/queries';
import type { Profile as Person } from '../api/shapes';
import { sayFields, sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Field, PasswordField } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';
import { ZoneField } from '../ui/ZoneField';

export default function Profile() {
  return (
    <Screen title={t('me.profile')} back="/me">
      <div class="stack">
        <Loaded query={useMe()}>{(me) => <Details me={me} />}</Loaded>
        <Password />
      </div>
    </Screen>
  );
}

const formOf = (me: Person) => ({ display_name: me.display_name, phone: me.phone, email: me.email ?? '', timezone: me.timezone });
type Form = ReturnType<typeof formOf>;

/** What was changed here and nothing else: the rest may have been changed elsewhere since it was shown. */
function changesOf(form: Form, shown: Form): Record<string, string | null> {
  const changed = Object.entries(form).filter(([name, value]) => value !== shown[name as keyof Form]);
  return Object.fromEntries(changed.map(([name, value]) => [name, name === 'email' ? value.trim() || null : value]));
}

function Details({ me }: { me: Person }) {
  const [shown, setShown] = useState(() => formOf(me));
  const [form, setForm] = useState(shown);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setFaults({});
    try {
      const saved = formOf(await changeMe(changesOf(form, shown)));
      setShown(saved);
      setForm(saved);
      toast(t('app.saved'));
    } catch (error) {
      setFaults(sayFields(error));
      toast(sayProblem(error));
    }
  }

  return (
    <form class="stack" noValidate onSubmit={(event) => void submit(event)}>
      <p>
        <span class="muted">{t('profile.username')}: </span>
        {me.username}
      </p>
      <Field label={t('profile.display')} value={form.display_name} onValue={set('display_name')} autocomplete="given-name" maxLength={80} />
      <Field label={t('welcome.phone')} value={form.phone} onValue={set('phone')} fault={faults.phone} type="tel" autocomplete="tel" required />
      <Field label={t('welcome.email')} value={form.email} onValue={set('email')} fault={faults.email} hint={t('welcome.email.hint')} type="email" autocomplete="email" />
      <ZoneField value={form.timezone} onValue={set('timezone')} />
      <button class="button primary" type="submit">
        {t('app.save')}
      </button>
    </form>
  );
}

function Password() {
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [fault, setFault] = useState('');

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setFault('');
    try {
      await fetchJson('/me/password', { method: 'POST', json: { current_password: current, new_password: fresh } });
      setCurrent('');
      setFresh('');
      toast(t('profile.password.done'));
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 403;
      setFault(wrong ? t('error.credentials') : (sayFields(error).new_password ?? sayProblem(error)));
    }
  }

  return (
    <details class="card">
      <summary>{t('profile.password')}</summary>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <PasswordField label={t('profile.password.old')} value={current} onValue={setCurrent} autocomplete="current-password" required />
        <PasswordField label={t('profile.password.new')} value={fresh} onValue={setFresh} hint={t('welcome.password.hint')} autocomplete="new-password" required />
        {fault && (
          <p class="note danger" role="alert">
            {fault}
          </p>
        )}
        <button class="button primary" type="submit">
          {t('profile.password')}
        </button>
      </form>
    </details>
  );
}
