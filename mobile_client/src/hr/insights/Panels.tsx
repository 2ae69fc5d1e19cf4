import { useId, useState } from 'preact/hooks';
import { shortDay, weekdays } from '../../i18n/dates';
import { t } from '../../i18n/t';
import { Columns } from '../charts/Columns';
import { Lines } from '../charts/Lines';
import { dayName } from '../days';
import { Scroll } from '../Scroll';
import type { Figure, InsightPage, View, WeekFigures } from '../shapes';
import { h } from '../words';
import { figureIn, format, keysOf, lineOf, mondays, peak, phrase } from './figures';
import { Cell, Reasons } from './Overview';
import { Rows } from './Rows';

/** What of a page is drawn over time: at most three lines, in the order in which they are named. */
const OVER_TIME: Readonly<Partial<Record<View, readonly string[]>>> = {
  trend: ['balance', 'positive', 'negative'],
  stress: ['normal', 'mild', 'high'],
  participation: ['days', 'answered', 'covered'],
  support: ['offered', 'helpful', 'not_helpful'],
  wellbeing: ['who5'],
};

export function Panels({ page }: { page: InsightPage }) {
  const lines = OVER_TIME[page.view];
  return (
    <>
      {lines ? <OverTime page={page} keys={lines} /> : <OneWeek page={page} />}
      <section class="card stack-s">
        <Reasons reasons={Object.entries(page.reasons)} />
        <details>
          <summary>{t('app.table')}</summary>
          {lines ? <ByWeek page={page} /> : <ByKey page={page} />}
        </details>
      </section>
    </>
  );
}

const weekName = (week: WeekFigures): string => h('insights.week', { from: shortDay(week.week), to: dayName(week.until) });

function OverTime({ page, keys }: { page: InsightPage; keys: readonly string[] }) {
  const newest = page.weeks.at(-1);
  const known = keysOf(page).filter(({ key }) => keys.includes(key));
  const lines = known.map(({ key, label }) => ({ key, label, dots: lineOf(page, key) }));
  const { unit } = page.scale;
  const reference = page.view === 'wellbeing' ? { value: 50, label: h('insights.who5.line') } : undefined;
  return (
    <div class="panels">
      {newest && (
        <section class="card stack-s">
          <h2 class="h3">{weekName(newest)}</h2>
          <Rows figures={newest.figures.filter((figure) => keys.includes(figure.key))} scale={page.scale} />
          <People figures={newest.figures} />
        </section>
      )}
      <section class="card stack-s">
        <h2 class="h3">{h('insights.weekly')}</h2>
        <Lines
          label={h('insights.lines', { title: page.title, n: mondays(page.weeks).length, names: known.map((one) => one.label).join(', ') })}
          lines={lines}
          places={mondays(page.weeks).map(shortDay)}
          scale={page.scale}
          format={(value) => format(value, unit)}
          reference={reference}
        />
        <p class="small muted">{h('insights.open.mark')}</p>
      </section>
    </div>
  );
}

/** The smallest number that stands behind any of them. */
function People({ figures }: { figures: readonly Figure[] }) {
  const counts = figures.flatMap((figure) => (figure.people === null ? [] : [figure.people]));
  return counts.length ? <p class="small muted">{h('insights.people', { n: Math.min(...counts) })}</p> : null;
}

function OneWeek({ page }: { page: InsightPage }) {
  const id = useId();
  const [chosen, setChosen] = useState('');
  const week = page.weeks.find((one) => one.week === chosen) ?? page.weeks.at(-1);
  if (!week) return null;
  return (
    <>
      <div class="field narrow">
        <label for={id}>{h('insights.pick')}</label>
        <select id={id} class="input" value={week.week} onChange={(event) => setChosen(event.currentTarget.value)}>
          {[...page.weeks].reverse().map((one) => (
            <option key={one.week} value={one.week}>
              {weekName(one)}
            </option>
          ))}
        </select>
      </div>
      {page.view === 'hours' ? <Hours page={page} week={week} /> : <Groups page={page} week={week} />}
    </>
  );
}

const starting = (week: WeekFigures, kind: string): Figure[] => week.figures.filter((figure) => figure.key.startsWith(`${kind}.`));

function Hours({ page, week }: { page: InsightPage; week: WeekFigures }) {
  return (
    <div class="panels">
      {(['hour', 'weekday'] as const).map((kind) => (
        <section class="card stack-s" key={kind}>
          <h2 class="h3">{h(kind === 'hour' ? 'insights.hours' : 'insights.weekdays')}</h2>
          <Profile title={page.title} figures={starting(week, kind)} page={page} kind={kind} />
        </section>
      ))}
    </div>
  );
}

function Profile({ title, figures, page, kind }: { title: string; figures: readonly Figure[]; page: InsightPage; kind: 'hour' | 'weekday' }) {
  const top = peak(figures);
  const { unit } = page.scale;
  if (!top) return <p class="muted">{h('insights.hidden')}</p>;
  const columns = figures.map((figure) => ({
    key: figure.key,
    label: kind === 'hour' ? `${Number(figure.key.slice(5))}` : short(figure),
    value: figure.value,
    open: figure.bound !== 'exact',
  }));
  return (
    <>
      <p>{h('insights.peak', { label: top.label, value: phrase(top, unit) })}</p>
      <Columns label={h('insights.columns', { title, n: figures.length, top: top.label })} columns={columns} scale={page.scale} format={(value) => format(value, unit)} />
    </>
  );
}

/** Weekdays are Monday first; any Monday gives their short names in the reader's language. */
const short = (figure: Figure): string =>
  weekdays()[Number(figure.key.slice(8))]?.short ?? figure.label;

export function Groups({ page, week }: { page: InsightPage; week: WeekFigures }) {
  return (
    <div class="panels">
      {(['gender', 'age'] as const).map((kind) => {
        const figures = starting(week, kind);
        return (
          <section class="card stack-s" key={kind}>
            <h2 class="h3">{h(`insights.${kind}`)}</h2>
            {figures.some((figure) => figure.value !== null) ? <Rows figures={figures} scale={page.scale} /> : <p class="muted">{h('insights.groups.none')}</p>}
            <People figures={figures} />
          </section>
        );
      })}
    </div>
  );
}

function ByWeek({ page }: { page: InsightPage }) {
  const keys = keysOf(page);
  return (
    <Scroll label={page.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{h('insights.pick')}</th>
            {keys.map(({ key, label }) => (
              <th key={key} scope="col">
                {label}
              </th>
            ))}
            <th scope="col">{h('insights.people.column')}</th>
          </tr>
        </thead>
        <tbody>
          {[...page.weeks].reverse().map((week) => (
            <tr key={week.week}>
              <th scope="row">{weekName(week)}</th>
              {keys.map(({ key }) => (
                <Cell key={key} figure={figureIn(week, key)} unit={page.scale.unit} />
              ))}
              <td class="number">{week.figures[0]?.people ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The newest week only: hours and groups have too many columns for a table over time; the file has them all. */
function ByKey({ page }: { page: InsightPage }) {
  const week = page.weeks.at(-1);
  if (!week) return null;
  return (
    <table>
      <caption class="small muted">{weekName(week)}</caption>
      <thead>
        <tr>
          <th scope="col">{h('insights.figure')}</th>
          <th scope="col">{h('insights.value')}</th>
          <th scope="col">{h('insights.people.column')}</th>
        </tr>
      </thead>
      <tbody>
        {week.figures.map((figure) => (
          <tr key={figure.key}>
            <th scope="row">{figure.label}</th>
            <Cell figure={figure} unit={page.scale.unit} />
            <td class="number">{figure.people ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
