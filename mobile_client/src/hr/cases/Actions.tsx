import { useEffect, useId, useState } from 'preact/hooks';
import { ApiError } from '../../api/errors';
import { useMe } from '../../api/queries';
import { addDays, dayOf } from '../../i18n/dates';
import { sayProblem } from '../../i18n/problem';
import { t } from '../../i18n/t';
import { startOf } from '../../i18n/zone';
import { Dialog } from '../../ui/Dialog';
import { Area } from '../../ui/Field';
import { toast } from '../../ui/Toast';
import { change, isGone, reloadReport, useChoices } from '../api';
import type { CaseReport } from '../shapes';
import { h } from '../words';
import { draftOf, forget, keep, warn } from './drafts';
import { type Action, stepsFrom, stillPossible } from './steps';

const moved = (error: unknown): boolean => error instanceof ApiError && error.code === 'case_moved';

export function Actions({ report }: { report: CaseReport }) {
  const me = useMe().data?.id ?? '';
  const [doing, setDoing] = useState<Action | null>(() => draftOf(me, report.id).doing);
  function open(action: Action | null): void {
    keep(report.id, { doing: action });
    setDoing(action);
  }
  const [first, ...others] = stepsFrom(report.status);
  return (
    <div class="stack-s">
      <h2 class="h3">{h('do.title')}</h2>
      {first && (
        <button class="button primary wide" type="button" onClick={() => open(first)}>
          {h(`do.${first}`)}
        </button>
      )}
      <div class="row">
        {[...others, 'note' as const].map((action) => (
          <button key={action} class="button" type="button" onClick={() => open(action)}>
            {h(`do.${action}`)}
          </button>
        ))}
      </div>
      {report.status !== 'resolved' && <Assignee report={report} />}
      {doing && <Doing report={report} wanted={doing} onClose={() => open(null)} />}
    </div>
  );
}

function Assignee({ report }: { report: CaseReport }) {
  const id = useId();
  const me = useMe().data?.id;
  const colleagues = useChoices().data?.colleagues ?? [];
  async function give(to: string, field?: HTMLSelectElement): Promise<void> {
    try {
      await change(report.id, 'assign', { assignee_id: to || null, version: report.version });
      toast(h('do.assigned'));
    } catch (error) {
      toast(moved(error) ? h('case.moved.elsewhere') : sayProblem(error));
      if (field) field.value = report.assignee?.id ?? ''; // nobody was given the case, and nothing is drawn anew
      if (moved(error) || isGone(error)) await reloadReport(report.id);
    }
  }
  return (
    <>
      <div class="field">
        <label for={id}>{h('do.assign')}</label>
        <select id={id} class="input" value={report.assignee?.id ?? ''} onChange={(event) => void give(event.currentTarget.value, event.currentTarget)}>
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
const endOf = (day: string): string => new Date(Date.parse(startOf(addDays(day, 1))) - 60_000).toISOString();

/** As many signs as the server keeps. */
const LONGEST_NOTE = 2000;

function Doing({ report, wanted, onClose }: { report: CaseReport; wanted: Action; onClose: () => void }) {
  const me = useMe().data?.id ?? '';
  const [note, setNote] = useState(() => draftOf(me, report.id).note);
  const [due, setDue] = useState(() => draftOf(me, report.id).due);
  const [faster, setFaster] = useState(false);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  // Either the server said so, or the live line did while the words were being written.
  const action = stillPossible(wanted, report.status);
  const late = faster || action !== wanted;
  const dated = report.status !== 'resolved' && action !== 'resolve';

  const write = (text: string): void => (setNote(text), keep(report.id, { note: text }));
  const choose = (day: string): void => (setDue(day), keep(report.id, { due: day }));
  useEffect(() => {
    if (!note.trim()) return;
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [!note.trim()]);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (action === 'note' && !note.trim()) return setFault(h('do.needed'));
    const length = [...note.trim()].length;
    if (length > LONGEST_NOTE) return setFault(h('do.long', { most: LONGEST_NOTE, n: length }));
    setBusy(true);
    setFault('');
    try {
      await change(report.id, action, { note: note.trim(), version: report.version, ...(dated && due && { due_at: endOf(due) }) });
      toast(h(action === 'note' ? 'do.noted' : 'do.done'));
      onClose();
      forget(report.id);
    } catch (error) {
      setBusy(false);
      if (isGone(error)) return reloadReport(report.id);
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
          <Area label={h('do.note.label')} value={note} onValue={write} />
          <p class="small muted">{h('do.note.hint')}</p>
        </div>
        {dated && <DueField value={due} onValue={choose} />}
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
