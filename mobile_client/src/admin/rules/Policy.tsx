import { useState } from 'preact/hooks';
import { useConsentTexts } from '../../api/queries';
import { dateOf } from '../../i18n/dates';
import { Confirm } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { toast } from '../../ui/Toast';
import { setPolicy, usePolicy } from '../api';
import { sayAdminProblem } from '../problem';
import type { Policy, PolicyName } from '../shapes';
import { a } from '../words';
import { RulesTabs } from './RulesTabs';

export default function PolicyInForce() {
  return (
    <Screen title={a('policy.title')}>
      <div class="stack reading-width">
        <RulesTabs />
        <p class="muted">{a('policy.lead')}</p>
        <Loaded query={usePolicy()}>{(policy) => <Shown policy={policy} />}</Loaded>
      </div>
    </Screen>
  );
}

const OTHER: Readonly<Record<PolicyName, PolicyName>> = { 'eu-workplace': 'consented', consented: 'eu-workplace' };
const POINTS = ['cameras', 'assessments_open_cases', 'face_derived_for_hr'] as const;

function Shown({ policy }: { policy: Policy }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const other = OTHER[policy.policy];
  async function change(): Promise<void> {
    setBusy(true);
    try {
      const changed = await setPolicy(other);
      toast(a('policy.changed', { n: changed.people_asked_again }));
    } catch (error) {
      toast(sayAdminProblem(error));
    }
    setBusy(false);
    setAsking(false);
  }
  return (
    <>
      <section class="card stack" data-policy={policy.policy}>
        <div>
          <h2>{a(`policy.${policy.policy}`)}</h2>
          <p class="small muted">
            <span class="mono">{policy.policy}</span> · {a('policy.since', { date: dateOf(policy.since) })}
          </p>
        </div>
        <ul class="stack-s">
          {POINTS.map((name) => (
            <li key={name} class="row nowrap-row" data-open={policy[name]}>
              <Icon name={policy[name] ? 'check' : 'lock'} />
              <span class="grow">{a(`policy.${name}.${policy[name] ? 'open' : 'closed'}`)}</span>
            </li>
          ))}
        </ul>
        <Purposes closed={policy.closed_purposes} />
      </section>
      <section class="card stack-s">
        <h2 class="h3">{a('policy.change')}</h2>
        <p>{a('policy.change.text')}</p>
        <div>
          <button class="button danger" type="button" onClick={() => setAsking(true)}>
            {a('policy.change.to', { name: a(`policy.${other}`) })}
          </button>
        </div>
      </section>
      {asking && (
        <Confirm
          title={a('policy.change.to', { name: a(`policy.${other}`) })}
          text={a(`policy.ask.${other}`)}
          verb={a('policy.change.verb')}
          danger
          busy={busy}
          onConfirm={() => void change()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** By the names under which people are asked for them. */
function Purposes({ closed }: { closed: readonly string[] }) {
  const texts = useConsentTexts().data?.purposes ?? [];
  if (!closed.length) return <p class="small muted">{a('policy.purposes.none')}</p>;
  return (
    <p class="small muted">
      {a('policy.purposes', { names: closed.map((name) => texts.find((one) => one.purpose === name)?.title ?? name).join(' · ') })}
    </p>
  );
}
