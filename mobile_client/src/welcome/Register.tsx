import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { ApiError } from '../api/errors';
import { beginConsent } from '../consent/First';
import { language } from '../i18n/language';
import { sayFields, sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { deviceZone } from '../i18n/zone';
import { navigate } from '../router';
import { Field, PasswordField } from '../ui/Field';
import { check, EMPTY, type Form } from './check';
import { enter } from './LogIn';
import type { Door } from './Welcome';

function bodyOf(form: Form): Record<string, string> {
  const filled = Object.entries(form).filter(([, value]) => value.trim());
  const trimmed = filled.map(([name, value]) => [name, name === 'password' ? value : value.trim()]);
  return { ...Object.fromEntries(trimmed), locale: language(), timezone: deviceZone() };
}

/** A phone may name a zone that the server has not heard of, in no field that its owner sees: the profile can change it. */
async function make(body: Record<string, string>): Promise<void> {
  const send = (json: Record<string, string>) => fetchJson('/accounts', { method: 'POST', json, anonymous: true });
  await send(body).catch((error: unknown) => {
    const zone = error instanceof ApiError && Object.keys(error.fields).join() === 'timezone';
    if (!zone) throw error;
    return send({ ...body, timezone: 'UTC' });
  });
}

/** What a second try is told when the answer to the first was lost on the way: the account is there. */
const PERHAPS_MADE = ['already_taken', 'invite_unknown'];

async function makeAndEnter(form: Form): Promise<void> {
  const refused = await make(bodyOf(form)).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ApiError && PERHAPS_MADE.includes(error.code)) return error;
      throw error;
    },
  );
  // Whose account it is knows its password; anybody else is told what was refused.
  await enter(form.username.trim(), form.password, beginConsent).catch((error: unknown) => {
    throw refused ?? error;
  });
}

export function Register({ go }: { go: (door: Door) => void }) {
  const [form, setForm] = useState<Form>(EMPTY);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const set = (name: keyof Form) => (value: string) => setForm({ ...form, [name]: value });

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const wrong = Object.entries(check(form)).map(([name, key]) => [name, t(key)]);
    setFaults(Object.fromEntries(wrong));
    setFault('');
    if (wrong.length) return setFault(t('error.invalid'));
    setBusy(true);
    try {
      await makeAndEnter(form);
      navigate('/welcome/consent', 'replace');
    } catch (error) {
      setFaults(sayFields(error));
      setFault(sayProblem(error));
    }
    setBusy(false);
  }

  return (
    <form class="stack" noValidate onSubmit={(event) => void submit(event)}>
      <h2>{t('welcome.register')}</h2>
      <Field label={t('welcome.invite')} value={form.invite_code} onValue={set('invite_code')} fault={faults.invite_code} hint={t('welcome.invite.hint')} name="invite_code" autocomplete="off" autocapitalize="characters" required />
      <Field label={t('welcome.username')} value={form.username} onValue={set('username')} fault={faults.username} name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required />
      <PasswordField label={t('welcome.password')} value={form.password} onValue={set('password')} fault={faults.password} hint={t('welcome.password.hint')} name="password" autocomplete="new-password" required />
      <Field label={t('welcome.phone')} value={form.phone} onValue={set('phone')} fault={faults.phone} hint={t('welcome.phone.hint')} name="phone" type="tel" autocomplete="tel" required />
      <Field label={t('welcome.email')} value={form.email} onValue={set('email')} fault={faults.email} hint={t('welcome.email.hint')} name="email" type="email" autocomplete="email" />
      <Field label={t('welcome.name')} value={form.display_name} onValue={set('display_name')} name="display_name" autocomplete="given-name" maxLength={80} />
      {fault && (
        <p class="note danger" role="alert">
          {fault}
        </p>
      )}
      <button class="button primary big" type="submit" disabled={busy}>
        {t('welcome.register')}
      </button>
      <button class="button plain" type="button" onClick={() => go('login')}>
        {t('welcome.have')}
      </button>
    </form>
  );
}
