import { useEffect, useMemo, useState } from 'preact/hooks';
import { percent, shortDay, whenOf } from '../../i18n/dates';
import { language } from '../../i18n/language';
import { sayProblem } from '../../i18n/problem';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { toast } from '../../ui/Toast';
import { download, isGone, reloadReport, useCasePages, useReport } from '../api';
import { STATUSES, type CaseReport } from '../shapes';
import { h } from '../words';
import { Actions } from './Actions';
import { forget } from './drafts';
import { beginning, History } from './History';
import { LevelChart } from './LevelChart';
import { Late, LevelMark, StatusMark } from './Marks';

/** One case: what was shared, and what HR does about it. Opening it is written into the person's access log. */
export default function Case({ id }: { id: string }) {
  const query = useReport(id);
  const title = query.data ? h('case.title', { number: `${query.data.number}` }) : h('cases.title');
  return (
    <Screen title={title} back="/hr">
      {isGone(query.error) ? <Gone id={id} /> : <Loaded query={query}>{(report) => <Report report={report} />}</Loaded>}
    </Screen>
  );
}

/** Taken back or erased, perhaps while it was open: nothing of it stays on the screen. */
function Gone({ id }: { id: string }) {
  useEffect(() => forget(id), [id]);
  return (
    <div class="card stack-s" role="alert">
      <p>{h('case.gone')}</p>
      <div>
        <Link class="button" to="/hr">
          {h('cases.title')}
        </Link>
      </div>
    </div>
  );
}

/** This case's line of the table, found by when it was shared, however many others there are. */
function rowQuery(shared: string): URLSearchParams {
  const moment = Date.parse(shared);
  return new URLSearchParams({ from: new Date(moment).toISOString(), to: new Date(moment + 1).toISOString() });
}

/** A colleague's change is shown at once, and so is that the case is gone; only a change makes us look again. */
function useChangesElsewhere(report: CaseReport): void {
  const table = useCasePages(useMemo(() => rowQuery(report.opened_at), [report.opened_at]));
  const version = table.data && (table.data.pages[0]?.items.find((row) => row.id === report.id)?.version ?? null);
  useEffect(() => {
    if (version === undefined || (version !== null && version <= report.version)) return;
    if (version !== null) toast(h('case.moved.elsewhere'));
    void reloadReport(report.id);
  }, [version, table.dataUpdatedAt]); // with each table until it is seen: a look may fail
}

function Report({ report }: { report: CaseReport }) {
  useChangesElsewhere(report);
  return (
    <div class="case">
      <section class="stack case-head">
        <div class="stack-s">
          <p class="name">
            <bdi>{report.name}</bdi>
            {report.unit && ` · ${report.unit}`}
          </p>
          <p>{beginning(report)}</p>
          <div class="row wide-gap">
            <StatusMark status={report.status} />
            <LevelMark level={report.level} />
            <Late row={report} />
          </div>
        </div>
      </section>
      <aside class="stack case-side">
        <section class="card stack">
          <Steps report={report} />
          <Actions report={report} />
        </section>
        <section class="card stack-s">
          <h2 class="h3">{h('case.history')}</h2>
          <History events={report.history} />
        </section>
      </aside>
      <Shared report={report} />
    </div>
  );
}

function Steps({ report }: { report: CaseReport }) {
  const at = STATUSES.indexOf(report.status);
  return (
    <div class="stack-s">
      <h2 class="h3">{h('case.steps')}</h2>
      <ol class="steps">
        {STATUSES.map((status, index) => (
          <li key={status} class={index < at ? 'past' : index === at ? 'here' : ''} aria-current={index === at ? 'step' : undefined}>
            {h(`status.${status}`)}
            {index <= at && <span class="hidden"> ({h(index < at ? 'case.step.done' : 'case.step.now')})</span>}
          </li>
        ))}
      </ol>
      <p>{h(`case.next.${report.status}`, { name: report.name })}</p>
      {report.due_at && <p class={report.overdue ? 'late-line' : 'muted'}>{h(report.overdue ? 'case.overdue' : 'case.due', { when: whenOf(report.due_at) })}</p>}
    </div>
  );
}

function Shared({ report }: { report: CaseReport }) {
  const onlyWords = report.level === null && !report.days.length;
  return (
    <div class="stack case-report">
      {report.note && (
        <section class="card stack-s">
          <h2 class="h3">{h('case.words')}</h2>
          <blockquote dir="auto">{report.note}</blockquote>
        </section>
      )}
      {onlyWords && <p class="muted">{h('case.only')}</p>}
      {report.because_text && (
        <section class="card stack-s">
          <h2 class="h3">{h('case.why')}</h2>
          <p>{report.because_text}</p>
          {report.reasons.length > 0 && (
            <>
              <h3>{h('case.reasons')}</h3>
              <ul class="dashes stack-s">
                {report.reasons.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </>
          )}
          {report.limits && <p class="small muted">{report.limits}</p>}
        </section>
      )}
      {report.days.length > 0 && <LevelChart days={report.days} support={report.support} />}
      {!onlyWords && <Support report={report} />}
      {report.action_units.length > 0 && <Movements report={report} />}
      <Guidance report={report} />
      <Pdf report={report} />
    </div>
  );
}

const answerOf = (helpful: boolean | null): string =>
  h(helpful === null ? 'case.support.open' : helpful ? 'case.support.helpful' : 'case.support.not');

function Support({ report }: { report: CaseReport }) {
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('case.support')}</h2>
      {report.support.length === 0 && <p class="muted">{h('case.support.none')}</p>}
      <ul class="stack-s">
        {report.support.map((one) => (
          <li key={`${one.day}${one.kind}`} class="dated">
            <span class="muted nowrap">{shortDay(one.day)}</span>
            <span>
              {one.text} <span class="muted">({answerOf(one.helpful)})</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Movements({ report }: { report: CaseReport }) {
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('case.units')}</h2>
      <ul class="bars">
        {report.action_units.map((one) => (
          <li key={one.unit} class="figure-row">
            <span>{one.name}</span>
            <span class="bar-track" aria-hidden="true">
              <span class="bar-fill b-accent" style={{ width: `${Math.round(one.share * 100)}%` }} />
            </span>
            <span class="bar-value number">
              {percent(one.share)}
              <span class="hidden"> {h('case.units.share')}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Guidance({ report }: { report: CaseReport }) {
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('case.guidance')}</h2>
      {report.guidance.map((part, index) => (
        <details key={part.title} open={index === 0}>
          <summary>{part.title}</summary>
          <ul class="dashes stack-s">
            {part.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

function Pdf({ report }: { report: CaseReport }) {
  const [busy, setBusy] = useState(false);
  async function save(): Promise<void> {
    setBusy(true);
    try {
      await download(`/hr/escalations/${report.id}/report.pdf?locale=${language()}`, `case-${report.number}.pdf`);
    } catch (error) {
      toast(sayProblem(error));
    }
    setBusy(false);
  }
  return (
    <div class="row between">
      <p class="small muted">{h('case.log', { name: report.name })}</p>
      <button class="button" type="button" disabled={busy} onClick={() => void save()}>
        <Icon name="download" />
        {h(busy ? 'case.pdf.working' : 'case.pdf')}
      </button>
    </div>
  );
}
