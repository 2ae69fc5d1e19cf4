import { useState } from 'preact/hooks';
import { call } from '../api/client';
import { useMe } from '../api/queries';
import { t } from '../i18n/t';
import { Field } from '../ui/Field';
import { Fault, Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { keepReceipt } from '../welcome/erased';
import { leaveDevice } from './LogOut';

export default function Erase() {
  return (
    <Screen title={t('me.erase')} back="/me">
      <Loaded query={useMe()}>{(me) => <Form username={me.username} />}</Loaded>
    </Screen>
  );
}

function Form({ username }: { username: string }) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  async function erase(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      const answer = await call('/me', { method: 'DELETE' });
      keepReceipt(answer.status === 204 ? null : await answer.text());
      await leaveDevice();
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void erase(event)}>
      <p class="note danger">{t('me.erase.lead')}</p>
      <Field label={t('me.erase.type')} value={typed} onValue={setTyped} autocomplete="off" autocapitalize="none" spellcheck={false} required />
      {fault !== null && <Fault error={fault} />}
      <button class="button primary danger big" type="submit" disabled={busy || typed.trim() !== username}>
        {t('me.erase.button')}
      </button>
    </form>
  );
}
