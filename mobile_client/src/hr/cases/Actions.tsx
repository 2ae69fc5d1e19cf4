import { useId, useState } from 'preact/hooks';
import { ApiError } from '../../api/errors';
import { useMe } from '../../api/queries';
import { addDays, dayOf, noon } from '../../i18n/dates';
import { sayProblem } from '../../i18n/problem';
import { t } from '../../i18n/t';
import { Dialog } from '../../ui/Dialog';
import { Area } from '../../ui/Field';
import { toast } from '../../ui/Toast';
import { change, reloadReport, useChoices } from '../api';
import type { CaseReport } from '../shapes';
import { h } from '../words';
import { type Action, stepsFrom, stillPossible } from './steps';

const moved = (error: unknown): boolean => error instanceof ApiError && error.code === 'case_moved';

export function Actions({ report }: { report: CaseReport }) {
  const [doing, setDoing] = useState<Action | null>(null);
  const [first, ...others] = stepsFrom(report.status);
  return (
    <div class="stack-s">
      <h2 class="h3">{h('do.title')}</h2>
      {first && (
        <button class="button primary wide" type="button" onClick={() => setDoing(first)}>
          {h(`do.${first}`)}
        </button>
      )}
      <div class="row">
        {[...others, 'note' as const].map((action) => (
          <button key={action} class="button" type="button" onClick={() => setDoing(action)}>
            {h(`do.${action}`)}
          </button>
        ))}
      </div>
      {report.status !== 'resolved' && <Assignee report={report} />}
      {doing && <Doing report={report} wanted={doing} onClose={() => setDoing(null)} />}
    </div>
  );
}

function Assignee({ report }: { report: CaseReport }) {
  const id = useId();
  const me = useMe().data?.id;
  const colleagues = useChoices().data?.colleagues ?? [];
  async function give(to: string): Promise<void> {
    try {
      await change(report.id, 'assign', { assignee_id: to || null, version: report.version });
      toast(h('do.assigned'));
    } catch (error) {
      toast(moved(error) ? h('case.moved.elsewhere') : sayProblem(error));
      if (moved(error)) await reloadReport(report.id);
    }
  }
  return (
    <>
      <div class="field">
        <label for={id}>{h('do.assign')}</label>
        <select id={id} class="input" value={report.assignee?.id ?? ''} onChange={(event) => void give(event.currentTarget.value)}>
          <option value="">{h('do.nobody')}</option>
          {colleagues.map((one) => (
            <option key={one.id} value={one.id}>
              {h('do.colleague', { name: one.name, n: one.open_cases })}
            </option>
          ))}
        </select>
      </div>
      {!report.assignee && me && (
        <div>
          <button class="button" type="button" onClick={() => void give(me)}>
            {h('do.take')}
          </button>
        </div>
      )}
    </>
  );
}

/** The longest that the server lets a step be put off. */
const LONGEST_DAYS = 89;

/** Until the end of the chosen day, in the reader's own time. */
function endOf(day: string): string {
  const moment = noon(day);
  moment.setHours(23, 59, 0, 0);
  return moment.toISOString();
}

function Doing({ report, wanted, onClose }: { report: CaseReport; wanted: Action; onClose: () => void }) {
  const [note, setNote] = useState('');
  const [due, setDue] = useState('');
  const [faster, setFaster] = useState(false);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  // Either the server said so, or the live line did while the words were being written.
  const action = stillPossible(wanted, report.status);
  const late = faster || action !== wanted;
  const dated = report.status !== 'resolved' && action !== 'resolve';

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (action === 'note' && !note.trim()) return setFault(h('do.needed'));
    setBusy(true);
    setFault('');
    try {
      await change(report.id, action, { note: note.trim(), version: report.version, ...(dated && due && { due_at: endOf(due) }) });
      toast(h(action === 'note' ? 'do.noted' : 'do.done'));
      onClose();
    } catch (error) {
      setBusy(false);
      if (!moved(error)) return setFault(sayProblem(error));
      await reloadReport(report.id);
      setFaster(true);
    }
  }
  return (
    <Dialog title={h(`do.${wanted}`)} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void send(event)}>
        {late ? (
          <p class="note warm" role="alert">
            {h('do.conflict', { status: h(`status.${report.status}`) })} {action === 'note' && wanted !== 'note' && h('do.conflict.note')}
          </p>
        ) : (
          <p class="muted">{h(`do.${wanted}.text`)}</p>
        )}
        <div class="stack-s">
          <Area label={h('do.note.label')} value={note} onValue={setNote} />
          <p class="small muted">{h('do.note.hint')}</p>
        </div>
        {dated && <DueField value={due} onValue={setDue} />}
        {fault && (
          <p class="note danger" role="alert">
            {fault}
          </p>
        )}
        <div class="row between">
          <button class="button" type="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button class="button primary" type="submit" disabled={busy}>
            {h(action === 'note' ? 'do.save' : `do.${action}`)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function DueField({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  const id = useId();
  const today = dayOf();
  return (
    <div class="field">
      <label for={id}>{h('do.due')}</label>
      <input id={id} class="input" type="date" min={today} max={addDays(today, LONGEST_DAYS)} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </div>
  );
}
