import { useState } from 'preact/hooks';
import { t } from '../../i18n/t';
import { Field } from '../../ui/Field';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { setRetention, setThresholds, useRetention, useThresholds } from '../api';
import { changedNames, readNumbers } from '../numbers';
import { attempt } from '../problem';
import type { Bounds } from '../shapes';
import { a, aOr } from '../words';
import { RulesTabs } from './RulesTabs';

type Numbers = Record<string, number>;

export function AssessmentRules() {
  return (
    <Page subject="assessment">
      <Loaded query={useThresholds('thresholds')}>
        {({ values, bounds }) => <Form values={values} bounds={bounds} save={(next) => setThresholds('thresholds', next)} />}
      </Loaded>
    </Page>
  );
}

export function CaseRules() {
  return (
    <Page subject="cases">
      <Loaded query={useThresholds('escalation')}>
        {({ values, bounds }) => <Form values={values} bounds={bounds} save={(next) => setThresholds('escalation', next)} />}
      </Loaded>
    </Page>
  );
}

export function RetentionRules() {
  return (
    <Page subject="retention">
      <Loaded query={useRetention()}>{({ days, bounds }) => <Form values={days} bounds={bounds} save={setRetention} />}</Loaded>
    </Page>
  );
}

function Page({ subject, children }: { subject: 'assessment' | 'cases' | 'retention'; children: preact.ComponentChildren }) {
  return (
    <Screen title={a(`${subject}.title`)}>
      <div class="stack reading-width">
        <RulesTabs />
        <p class="muted">{a(`${subject}.lead`)}</p>
        {children}
      </div>
    </Screen>
  );
}

interface FormProps {
  values: Numbers;
  bounds: Readonly<Record<string, Bounds>>;
  save: (values: Numbers) => Promise<unknown>;
}

/** Every number with what may be chosen. All of them are sent: one that is left out would go back to its default. */
function Form({ values, bounds, save }: FormProps) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typed[name] ?? `${value}`]));
  const changed = changedNames(values, readNumbers(shown, bounds).values).length;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const read = readNumbers(shown, bounds);
    setWrong(read.wrong);
    if (read.wrong.length) return;
    if (await attempt(() => save(read.values), t('app.saved'))) setTyped({});
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
      <div class="filters roomy top">
        {Object.entries(shown).map(([name, value]) => (
          <Field
            key={name}
            name={name}
            label={aOr(`value.${name}`, name)}
            hint={a('bounds', bounds[name] ?? { low: '', high: '' })}
            fault={wrong.includes(name) ? a('bounds.outside', bounds[name]) : undefined}
            type="number"
            inputMode="decimal"
            required
            value={value}
            onValue={(next) => setTyped({ ...typed, [name]: next })}
          />
        ))}
      </div>
      {wrong.length > 0 && (
        <p class="note danger" role="alert">
          {a('bounds.wrong', { n: wrong.length })}
        </p>
      )}
      <div class="row">
        <button class="button primary" type="submit">
          {t('app.save')}
        </button>
        {changed > 0 && <span class="small muted">{a('numbers.changed', { n: changed })}</span>}
      </div>
    </form>
  );
}
