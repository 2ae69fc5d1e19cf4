import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { isWritten, readPlan } from '../help/plan';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { useOutbox, waiting } from '../outbox/outbox';
import { navigate } from '../router';
import { leave } from '../session/owner';
import { Confirm } from '../ui/Dialog';
import { toast } from '../ui/Toast';

/** Only when everything of the person is gone is the device offered to the next one. */
export async function leaveDevice(): Promise<void> {
  await leave();
  navigate('/', 'replace');
}

interface Props {
  verb: string;
  danger?: boolean;
  /** What has to succeed before this device is left. */
  first?: () => Promise<unknown>;
  children?: ComponentChildren;
}

/** Leaves this device; what exists on it alone is named before it goes. */
export function LogOut({ verb, danger, first, children }: Props) {
  const left = waiting(useOutbox()).length;
  const [plan, setPlan] = useState(false);
  const [asking, setAsking] = useState(false);
  async function ask(): Promise<void> {
    const written = isWritten(await readPlan());
    setPlan(written);
    if (left || written) setAsking(true);
    else await go();
  }
  async function go(): Promise<void> {
    setAsking(false);
    try {
      await first?.();
      await leaveDevice();
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  const goes = [...(left ? [t('me.logout.waiting')] : []), ...(plan ? [t('me.logout.plan')] : [])];
  return (
    <>
      <button class={`button ${danger ? 'danger' : ''}`} type="button" onClick={() => void ask()}>
        {children}
        {verb}
      </button>
      {asking && <Confirm title={verb} text={goes.join(' ')} verb={verb} danger onConfirm={() => void go()} onClose={() => setAsking(false)} />}
    </>
  );
}
