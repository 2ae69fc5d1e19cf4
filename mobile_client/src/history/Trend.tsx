import { useState } from 'preact/hooks';
import { useDays } from '../api/queries';
import { useAgreement, useSaid, type Said } from '../api/selfreports';
import type { DayOut, DayRange } from '../api/shapes';
import { addDays, daysBetween, decimal, longDay, shortDay, useToday } from '../i18n/dates';
import { t } from '../i18n/t';
import { Choices } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { FRAME, limits, linear, type Point, segments, ticks } from './plot';
import { type Band, bandFor, type Measure, rowsOf, valueOf } from './range';

const SPANS = ['7', '30', '90'] as const;
const MEASURES = ['balance', 'positive', 'negative', 'happy', 'sad'] as const;

const nameOf = (measure: Measure): string => t(measure === 'balance' ? 'history.balance' : `emotion.${measure}`);

export function Trend() {
  const [span, setSpan] = useState<(typeof SPANS)[number]>('30');
  const [measure, setMeasure] = useState<(typeof MEASURES)[number]>('balance');
  const today = useToday();
  const from = addDays(today, 1 - Number(span));
  // The band needs the weeks before the newest day, also when only seven days are shown.
  const days = useDays(addDays(from, -28), today);
  return (
    <section class="stack">
      <Choices
        legend={t('history.trend')}
        name="span"
        quiet
        options={SPANS.map((count) => ({ value: count, label: t('history.days', { n: Number(count) }) }))}
        value={span}
        onValue={setSpan}
      />
      <label class="field">
        <span class="label">{t('history.measure')}</span>
        <select class="input" value={measure} onChange={(event) => setMeasure(event.currentTarget.value as typeof measure)}>
          {MEASURES.map((name) => (
            <option key={name} value={name}>
              {nameOf(name)}
            </option>
          ))}
        </select>
        {measure === 'balance' && <span class="hint">{t('history.balance.hint')}</span>}
      </label>
      <Loaded query={days}>{(range) => <Panel range={range} from={from} today={today} measure={measure} />}</Loaded>
    </section>
  );
}

interface PanelProps {
  range: DayRange;
  from: string;
  today: string;
  measure: Measure;
}

function Panel({ range, from, today, measure }: PanelProps) {
  const { data: said, isPending } = useSaid(from);
  const shown = range.days.filter((day) => day.day >= from);
  const band = bandFor(today, range.days, measure);
  if (!shown.length && !said.length) return isPending ? null : <p class="empty">{t('history.empty')}</p>;
  return (
    <div class="card stack-s">
      <TrendChart days={shown} said={said} band={band} from={from} today={today} measure={measure} />
      <ul class="legend">
        {band && (
          <li>
            <svg class="swatch chart" viewBox="0 0 16 16" aria-hidden="true">
              <rect class="band" width="16" height="16" />
            </svg>
            {t('history.range')}
          </li>
        )}
        {said.length > 0 && (
          <li>
            <svg class="swatch chart" viewBox="0 0 16 16" aria-hidden="true">
              <path class="said" d="M8 2l6 6-6 6-6-6z" />
            </svg>
            {t('history.self')}
          </li>
        )}
      </ul>
      <p class="small muted">
        {!band && `${t('history.range.none')} `}
        {t('history.gaps')} {said.length > 0 && t('history.selfhint')}
      </p>
      <Agreement />
      <details>
        <summary>{t('app.table')}</summary>
        <TrendTable days={shown} said={said} measure={measure} band={band} />
      </details>
    </div>
  );
}

function Agreement() {
  const found = useAgreement().data;
  if (!found?.enough) return null;
  const n = found.matched + found.same_side;
  return <p class="small">{t('history.agreement', { n, total: found.asked + found.compared })}</p>;
}

interface ChartProps {
  days: readonly DayOut[];
  said: readonly Said[];
  band: Band | null;
  from: string;
  today: string;
  measure: Measure;
}

/** What a person said lies on 0..1; on the balance axis the middle of the scale is zero. */
const saidOn = (share: number, measure: Measure): number => {
  if (measure === 'balance') return 2 * share - 1;
  return measure === 'negative' || measure === 'sad' ? 1 - share : share;
};

function TrendChart({ days, said, band, from, today, measure }: ChartProps) {
  const all = daysBetween(from, today);
  const values = new Map(days.map((day) => [day.day, valueOf(day.vector, measure)]));
  const spoken = said.map((one) => ({ ...one, at: saidOn(one.share, measure) }));
  const everything = [...values.values(), ...spoken.map((one) => one.at), ...(band ? [band.low, band.high] : [])];
  const axis = limits(everything, measure === 'balance' ? -1 : 0, 1);
  const x = linear([0, all.length - 1], [FRAME.left + 6, FRAME.width - FRAME.right - 6]);
  const y = linear(axis, [FRAME.height - FRAME.bottom, FRAME.top]);
  const points = all.map((day, index): (Point & { day: string }) | null => {
    const value = values.get(day);
    return value === undefined ? null : { x: x(index), y: y(value), day };
  });
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
      role="img"
      aria-label={t('history.chart.trend', { measure: nameOf(measure), n: all.length })}
    >
      {ticks(axis).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={FRAME.left} x2={FRAME.width - FRAME.right} y1={y(tick)} y2={y(tick)} />
          <text x={FRAME.left - 6} y={y(tick) + 4} text-anchor="end">
            {decimal(tick, 1)}
          </text>
        </g>
      ))}
      {band && (
        <rect
          class="band"
          x={FRAME.left}
          width={FRAME.width - FRAME.right - FRAME.left}
          y={y(Math.min(band.high, axis[1]))}
          height={Math.max(1, y(Math.max(band.low, axis[0])) - y(Math.min(band.high, axis[1])))}
        />
      )}
      {segments(points).map((path) => (
        <path key={path} class="line" d={path} />
      ))}
      {points.map((point) => point && <circle key={point.day} class={point.day === today ? 'now' : 'dot'} cx={point.x} cy={point.y} r={point.day === today ? 5 : 3} />)}
      {spoken.map((one) => (
        <path key={one.id} class="said" transform={`translate(${x(all.indexOf(one.day))} ${y(Math.max(axis[0], Math.min(axis[1], one.at)))})`} d="M0-6L6 0L0 6L-6 0z" />
      ))}
      <text x={FRAME.left} y={FRAME.height - 8}>
        {shortDay(from)}
      </text>
      <text x={FRAME.width - FRAME.right} y={FRAME.height - 8} text-anchor="end" class="label">
        {t('history.today')}
      </text>
    </svg>
  );
}

interface TableProps {
  days: readonly DayOut[];
  said: readonly Said[];
  measure: Measure;
  band: Band | null;
}

function TrendTable({ days, said, measure, band }: TableProps) {
  return (
    <div class="scroll">
      {band && (
        <p class="small">
          {t('history.range')}: {decimal(band.low)} – {decimal(band.high)}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{t('history.day')}</th>
            <th scope="col">{nameOf(measure)}</th>
            <th scope="col">{t('history.self')}</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(days, said, measure).map((row) => (
            <tr key={row.day}>
              <th scope="row">{longDay(row.day)}</th>
              <td>{row.value === null ? '–' : decimal(row.value)}</td>
              <td>{row.said || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
