import { useId, useState } from 'preact/hooks';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';
import { addAlert, removeAlert, setMessages, useAlerts, useMessages, useOverview } from './api';
import { dayName } from './days';
import { DepartmentField } from './DepartmentField';
import { format, phrase } from './insights/figures';
import type { Alert, AlertList, Figure, InsightMessages, Measure, Unit } from './shapes';
import { h } from './words';

const MEASURES = ['balance', 'negative', 'high', 'who5'] as const satisfies readonly Measure[];
/** As the pages say them: negative expression stands beside the difference that it is a part of. */
export const UNITS: Readonly<Record<Measure, Unit>> = { balance: 'balance', negative: 'balance', high: 'share', who5: 'points' };
/** The step of the field, and what it usually starts with: twice the smallest change that is more than rounding. */
const FIELD: Readonly<Record<Measure, { step: number; start: number }>> = {
  balance: { step: 0.05, start: 0.2 },
  negative: { step: 0.01, start: 0.1 },
  high: { step: 0.01, start: 0.1 },
  who5: { step: 1, start: 10 },
};

export default function Alerts() {
  return (
    <Screen title={h('alerts.title')}>
      <div class="stack reading-width">
        <p class="muted">{h('alerts.lead')}</p>
        <Loaded query={useAlerts()}>
          {(list) => (
            <>
              {list.items.length === 0 && <p class="card empty">{h('alerts.none')}</p>}
              {list.items.length > 0 && (
                <ul class="list">
                  {list.items.map((alert) => (
                    <One key={alert.id} alert={alert} />
                  ))}
                </ul>
              )}
              {list.items.length < list.most ? <Create list={list} /> : <p class="note">{h('alerts.full', { n: list.most })}</p>}
            </>
          )}
        </Loaded>
        <MessagesCard />
      </div>
    </Screen>
  );
}

function One({ alert }: { alert: Alert }) {
  const [asking, setAsking] = useState(false);
  const say = (figure: Figure | null): string => phrase(figure ?? undefined, UNITS[alert.measure]);
  async function remove(): Promise<void> {
    try {
      await removeAlert(alert.id);
      toast(h('alerts.deleted'));
    } catch (error) {
      toast(sayProblem(error));
    }
    setAsking(false);
  }
  return (
    <li class="item note-item" data-alert={alert.measure}>
      <div class="grow stack-s">
        <p>{alert.sentence}</p>
        <p class="small muted">
          {alert.met_in ? h('alerts.met', { week: dayName(alert.met_in), before: say(alert.before), after: say(alert.after) }) : h('alerts.quiet')}
        </p>
      </div>
      <button class="button" type="button" aria-label={`${h('alerts.delete')}: ${alert.sentence}`} onClick={() => setAsking(true)}>
        <Icon name="trash" />
      </button>
      {asking && (
        <Confirm title={h('alerts.delete.title')} text={alert.sentence} verb={t('app.delete')} danger onConfirm={() => void remove()} onClose={() => setAsking(false)} />
      )}
    </li>
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function Create({ list }: { list: AlertList }) {
  const ids = { measure: useId(), weeks: useId(), change: useId() };
  const departments = useOverview().data?.departments ?? [];
  const [measure, setMeasure] = useState<Measure>('balance');
  const [department, setDepartment] = useState('');
  const [weeks, setWeeks] = useState(list.weeks.low);
  const [change, setChange] = useState(`${FIELD.balance.start}`);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const bounds = list.bounds[measure] ?? { low: 0, high: 1 };
  const share = UNITS[measure] === 'share' ? 100 : 1; // shares are typed as per cent
  const said = { low: format(bounds.low, UNITS[measure]), high: format(bounds.high, UNITS[measure]) };

  function choose(next: Measure): void {
    setMeasure(next);
    setChange(`${FIELD[next].start * (UNITS[next] === 'share' ? 100 : 1)}`);
    setFault('');
  }
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const value = Number(change) / share;
    if (!(value >= bounds.low && value <= bounds.high)) return setFault(h('alerts.invalid', said));
    setBusy(true);
    try {
      await addAlert({ measure, department_id: department || null, weeks, change: value });
      setFault('');
      toast(h('alerts.added'));
    } catch (error) {
      setFault(sayProblem(error));
    }
    setBusy(false);
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
      <h2 class="h3">{h('alerts.create')}</h2>
      <div class="filters roomy">
        <div class="field">
          <label for={ids.measure}>{h('alerts.measure')}</label>
          <select id={ids.measure} class="input" value={measure} onChange={(event) => choose(event.currentTarget.value as Measure)}>
            {MEASURES.map((name) => (
              <option key={name} value={name}>
                {h(`measure.${name}`)}
              </option>
            ))}
          </select>
        </div>
        <DepartmentField departments={departments} value={department} onValue={setDepartment} />
        <div class="field">
          <label for={ids.weeks}>{h('alerts.weeks')}</label>
          <select id={ids.weeks} class="input" value={weeks} onChange={(event) => setWeeks(Number(event.currentTarget.value))}>
            {range(list.weeks.low, list.weeks.high).map((count) => (
              <option key={count} value={count}>
                {h('insights.weeks', { n: count })}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for={ids.change}>
            {h('alerts.change')}
            {share === 100 && ' (%)'}
          </label>
          <input
            id={ids.change}
            class="input"
            type="number"
            inputMode="decimal"
            step={FIELD[measure].step * share}
            value={change}
            aria-invalid={fault ? 'true' : undefined}
            aria-describedby={`${ids.change}-hint`}
            onInput={(event) => setChange(event.currentTarget.value)}
          />
        </div>
      </div>
      <p class="small muted" id={`${ids.change}-hint`}>
        {h('alerts.change.hint', said)}
      </p>
      {fault && (
        <p class="note danger" role="alert">
          {fault}
        </p>
      )}
      <div>
        <button class="button primary" type="submit" disabled={busy}>
          {h('alerts.add')}
        </button>
      </div>
    </form>
  );
}

function MessagesCard() {
  async function choose(wanted: InsightMessages, box: HTMLInputElement): Promise<void> {
    try {
      await setMessages(wanted);
      toast(t('app.saved'));
    } catch (error) {
      box.checked = !box.checked; // nothing was saved, and nothing is drawn anew
      toast(sayProblem(error));
    }
  }
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('alerts.messages')}</h2>
      <Loaded query={useMessages()}>
        {(chosen) => (
          <>
            {(['summary', 'alerts'] as const).map((name) => (
              <label class="tick" key={name}>
                <input type="checkbox" checked={chosen[name]} onChange={(event) => void choose({ ...chosen, [name]: event.currentTarget.checked }, event.currentTarget)} />
                {h(`alerts.messages.${name}`)}
              </label>
            ))}
          </>
        )}
      </Loaded>
      <p class="small muted">{h('alerts.messages.text')}</p>
    </section>
  );
}
