import { longDay, shortDay } from '../../i18n/dates';
import { linear } from '../../history/plot';
import { t } from '../../i18n/t';
import { everyNth, twoLines } from '../charts/axis';
import { Canvas } from '../charts/Canvas';
import { LEVELS, type LevelDay, type SupportOffered } from '../shapes';
import { useWide } from '../wide';
import { h } from '../words';

const HEIGHT = 200;

/** A column a day, as high as its level; a day without a check-in is a dot, a day with support has a diamond. */
export function LevelChart({ days, support }: { days: readonly LevelDay[]; support: readonly SupportOffered[] }) {
  const wide = useWide();
  const offered = new Set(support.map((one) => one.day));
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('case.days')}</h2>
      <Canvas label={h('case.days.chart', { n: days.length })} height={HEIGHT} margins={{ left: wide ? 150 : 84, right: 8, top: 22, bottom: 28 }}>
        {(frame) => {
          const room = (frame.width - frame.left - frame.right) / days.length;
          const ground = frame.height - frame.bottom;
          const y = linear([0, LEVELS.length - 1], [ground - 14, frame.top]);
          const middle = (index: number): number => frame.left + room * (index + 0.5);
          const thick = Math.min(30, room * 0.62);
          return (
            <>
              {LEVELS.map((level, height) => (
                <g key={level}>
                  <line class="grid" x1={frame.left} x2={frame.width - frame.right} y1={y(height)} y2={y(height)} />
                  <Name lines={wide ? [h(`level.${level}`)] : twoLines(h(`level.${level}`))} x={frame.left - 8} y={y(height)} />
                </g>
              ))}
              {days.map(({ day, level }, index) =>
                level ? (
                  <rect key={day} class="column" data-level={level} x={middle(index) - thick / 2} width={thick} y={y(LEVELS.indexOf(level))} height={ground - y(LEVELS.indexOf(level))} rx="2" />
                ) : (
                  <circle key={day} class="nothing" cx={middle(index)} cy={ground - 3} r="2.5" />
                ),
              )}
              {days.map(({ day, level }, index) =>
                offered.has(day) ? (
                  <path key={day} class="offer" d="M0-6L6 0L0 6L-6 0z" transform={`translate(${middle(index)} ${(level ? y(LEVELS.indexOf(level)) : ground) - 11})`} />
                ) : null,
              )}
              {everyNth(days.length, frame.width - frame.left - frame.right, 58).map((index) => (
                <text key={index} x={middle(index)} y={frame.height - 8} text-anchor="middle">
                  {shortDay(days[index]?.day ?? '')}
                </text>
              ))}
            </>
          );
        }}
      </Canvas>
      <p class="small muted">{h('case.days.gap')}</p>
      <details>
        <summary>{t('app.table')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{h('case.day')}</th>
              <th scope="col">{h('column.level')}</th>
              <th scope="col">{h('case.support')}</th>
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map(({ day, level }) => (
              <tr key={day}>
                <th scope="row">{longDay(day)}</th>
                <td>{level ? h(`level.${level}`) : h('level.nothing')}</td>
                <td>{offered.has(day) ? h('case.support.marker') : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

const LINE = 14;

function Name({ lines, x, y }: { lines: readonly string[]; x: number; y: number }) {
  const first = y + 4 - ((lines.length - 1) * LINE) / 2;
  return (
    <text text-anchor="end">
      {lines.map((line, index) => (
        <tspan key={line} x={x} y={first + index * LINE}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
