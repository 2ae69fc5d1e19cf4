import { useTimeline } from '../api/queries';
import type { ClipTimelineOut } from '../api/shapes';
import { EXPRESSIONS, type Expression, GLYPH } from '../emotions';
import { FRAME, linear, type Point, segments } from '../history/plot';
import { decimal, percent } from '../i18n/dates';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';

/** What a clip adds to its reading: how the expression changed while it ran. */
export function Timeline({ id }: { id: string }) {
  return (
    <section class="card stack-s">
      <h2 class="h3">{t('clip.timeline')}</h2>
      <Loaded query={useTimeline(id)}>{(clip) => <Panel clip={clip} />}</Loaded>
    </section>
  );
}

/** At most four at once: those that lead somewhere, strongest first. */
export function leading(clip: ClipTimelineOut): Expression[] {
  const highest = (name: Expression): number =>
    Math.max(0, ...clip.timeline.expression.map((row) => row?.[EXPRESSIONS.indexOf(name)] ?? 0));
  const seen = EXPRESSIONS.filter((name) => highest(name) >= 0.25);
  return seen.sort((a, b) => highest(b) - highest(a)).slice(0, 4);
}

function Panel({ clip }: { clip: ClipTimelineOut }) {
  return (
    <>
      <p>{clip.phases.map((phase) => t(`adj.${phase.top}`)).join(' → ')}</p>
      <Chart clip={clip} />
      <Brief clip={clip} />
      <details>
        <summary>{t('app.table')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('clip.seconds')}</th>
              <th scope="col">{t('clip.expression')}</th>
              <th scope="col" class="end">
                {t('clip.share')}
              </th>
            </tr>
          </thead>
          <tbody>
            {clip.phases.map((phase) => (
              <tr key={phase.start}>
                <th scope="row">
                  {decimal(phase.start, 1)} – {decimal(phase.end, 1)}
                </th>
                <td>{t(`emotion.${phase.top}`)}</td>
                <td class="end">{percent(phase.share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function Brief({ clip }: { clip: ClipTimelineOut }) {
  return (
    <>
      {clip.brief.map((one) => (
        <p class="small" key={`${one.expression}${one.onset}`}>
          {t(one.micro ? 'clip.micro' : 'clip.brief', {
            expression: t(`emotion.${one.expression}`),
            at: decimal(one.apex, 1),
            seconds: decimal(one.seconds, 1),
          })}
        </p>
      ))}
      {!clip.shows_micro && <p class="small muted">{t('clip.coarse')}</p>}
    </>
  );
}

function Chart({ clip }: { clip: ClipTimelineOut }) {
  const x = linear([0, clip.seconds], [FRAME.left, FRAME.width - FRAME.right]);
  const y = linear([0, 1], [FRAME.height - FRAME.bottom, FRAME.top]);
  const shown = leading(clip);
  const points = (name: Expression): (Point | null)[] =>
    clip.timeline.expression.map((row, index) =>
      row ? { x: x(clip.timeline.seconds[index] ?? 0), y: y(row[EXPRESSIONS.indexOf(name)] ?? 0) } : null,
    );
  const bottom = FRAME.height - FRAME.bottom;
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
      role="img"
      aria-label={t('clip.chart', { phases: clip.phases.map((phase) => t(`emotion.${phase.top}`)).join(', ') })}
    >
      {[0, 0.5, 1].map((tick) => (
        <g key={tick}>
          <line class="grid" x1={FRAME.left} x2={FRAME.width - FRAME.right} y1={y(tick)} y2={y(tick)} />
          <text x={FRAME.left - 6} y={y(tick) + 4} text-anchor="end">
            {percent(tick)}
          </text>
        </g>
      ))}
      {clip.brief.map((one) => (
        <rect class="band" key={one.onset} x={x(one.onset)} width={Math.max(2, x(one.offset) - x(one.onset))} y={FRAME.top} height={bottom - FRAME.top} />
      ))}
      {shown.map((name) => segments(points(name)).map((path) => <path key={path} class={`line l-${name}`} d={path} />))}
      {shown.map((name) => {
        const highest = points(name).reduce<Point | null>((best, point) => (point && (!best || point.y < best.y) ? point : best), null);
        return (
          highest && (
            <text key={name} class="label" x={Math.min(Math.max(highest.x, FRAME.left + 30), FRAME.width - 40)} y={highest.y - 4} text-anchor="middle">
              {GLYPH[name]} {t(`emotion.${name}`)}
            </text>
          )
        );
      })}
      <text x={FRAME.left} y={FRAME.height - 8}>
        0
      </text>
      <text x={FRAME.width - FRAME.right} y={FRAME.height - 8} text-anchor="end">
        {t('clip.length', { seconds: decimal(clip.seconds, 1) })}
      </text>
    </svg>
  );
}
