import { useState } from 'preact/hooks';
import { whenOf } from '../../i18n/dates';
import { Loaded } from '../../ui/Loaded';
import { More } from '../../ui/More';
import { useQueryLog } from '../api';
import { dayName } from '../days';
import type { Figure, Overview as Shown, ScopeFigures, Unit } from '../shapes';
import { h, hOr } from '../words';
import { Scroll } from '../Scroll';
import { phrase } from './figures';

/** The newest week by department, and how people are protected. */
export function Overview({ overview }: { overview: Shown }) {
  const reasons = Object.entries(overview.reasons);
  return (
    <div class="stack">
      <section class="card stack-s">
        <h2 class="h3">{h('insights.departments')}</h2>
        {overview.last_week ? (
          <>
            <p class="muted">{h('insights.newest', { week: dayName(overview.last_week) })}</p>
            <Departments overview={overview} />
            <Reasons reasons={reasons} />
          </>
        ) : (
          <p class="muted">{h('insights.none')}</p>
        )}
        <p class="small muted">{h('insights.next', { date: dayName(overview.next_publication) })}</p>
      </section>
      <section class="card stack-s">
        <h2 class="h3">{h('insights.protection')}</h2>
        <ul class="dashes stack-s">
          {overview.protection.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </section>
      <Questions />
    </div>
  );
}

export function Reasons({ reasons }: { reasons: readonly (readonly [string, string | undefined])[] }) {
  if (!reasons.length) return null;
  return (
    <details>
      <summary>{h('insights.hidden.title')}</summary>
      <div class="stack-s">
        {reasons.map(([reason, sentence]) => (
          <p key={reason} class="small">
            {sentence}
          </p>
        ))}
      </div>
    </details>
  );
}

function Departments({ overview }: { overview: Shown }) {
  const { balance, who5 } = overview.organisation;
  return (
    <Scroll label={h('insights.departments')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{h('insights.department')}</th>
            <th scope="col">{balance.label}</th>
            <th scope="col">{who5.label}</th>
            <th scope="col">{h('insights.people.column')}</th>
          </tr>
        </thead>
        <tbody>
          {[overview.organisation, ...overview.departments].map((scope) => (
            <Scope key={scope.id ?? ''} scope={scope} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Scope({ scope }: { scope: ScopeFigures }) {
  const people = scope.balance.people ?? scope.who5.people;
  return (
    <tr>
      <th scope="row">{scope.id ? scope.name : <strong>{h('insights.everybody')}</strong>}</th>
      <Cell figure={scope.balance} unit="balance" />
      <Cell figure={scope.who5} unit="points" />
      <td class="number">{people ?? '–'}</td>
    </tr>
  );
}

export function Cell({ figure, unit }: { figure: Figure | undefined; unit: Unit }) {
  return <td class={figure?.value == null ? 'muted' : 'number'}>{phrase(figure, unit)}</td>;
}

/** Loaded when somebody opens it. */
function Questions() {
  const [open, setOpen] = useState(false);
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{h('insights.queries')}</summary>
      {open && <QuestionList />}
    </details>
  );
}

function QuestionList() {
  const query = useQueryLog();
  return (
    <div class="stack-s">
      <p class="small muted">{h('insights.queries.text')}</p>
      <Loaded query={query}>
        {({ pages }) => (
          <ul class="stack-s">
            {pages.flatMap((page) => page.items).map((one) => (
              <li key={one.id} class="dated">
                <span class="muted nowrap">{whenOf(one.at)}</span>
                <span>
                  {one.by ?? h('insights.query.gone')}: {hOr(`view.${one.view}`, one.view)} · {one.department?.name ?? h('insights.everybody')}
                  {one.file && ` · ${h('insights.query.file')}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <More pages={query} />
    </div>
  );
}
