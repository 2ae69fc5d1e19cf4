import { useState } from 'preact/hooks';
import { ApiError } from '../../api/errors';
import { t } from '../../i18n/t';
import { Field } from '../../ui/Field';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { toast } from '../../ui/Toast';
import { setRetention, setThresholds, useRetention, useThresholds } from '../api';
import { changedNames, readNumbers } from '../numbers';
import { sayAdminProblem } from '../problem';
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
  const [wrong, setWrong] = useState<readonly string[]>([]); // outside their bounds
  const [refused, setRefused] = useState<readonly string[]>([]); // by the server: numbers that contradict each other
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typed[name] ?? `${value}`]));
  const changed = changedNames(values, readNumbers(shown, bounds).values).length;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const read = readNumbers(shown, bounds);
    setWrong(read.wrong);
    setRefused([]);
    if (read.wrong.length) return;
    try {
      await save(read.values);
      setTyped({});
      toast(t('app.saved'));
    } catch (error) {
      const named = error instanceof ApiError ? Object.keys(error.fields).filter((name) => name in values) : [];
      setRefused(named);
      if (!named.length) toast(sayAdminProblem(error));
    }
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
            fault={wrong.includes(name) ? a('bounds.outside', bounds[name]) : refused.includes(name) ? a('bounds.refused') : undefined}
            type="number"
            inputMode="decimal"
            required
            value={value}
            onValue={(next) => setTyped({ ...typed, [name]: next })}
          />
        ))}
      </div>
      {wrong.length + refused.length > 0 && (
        <p class="note danger" role="alert">
          {a('bounds.wrong', { n: wrong.length + refused.length })}
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
