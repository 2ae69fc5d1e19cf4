import { linear, type Point, segments } from '../../history/plot';
import { axisFor, everyNth, spread } from './axis';
import { Canvas } from './Canvas';

export interface Dot {
  value: number;
  /** Only a bound is known: drawn open. */
  open: boolean;
}

export interface Line {
  key: string;
  label: string;
  dots: readonly (Dot | null)[];
}

interface Props {
  label: string;
  lines: readonly Line[];
  /** One a place on the x axis. */
  places: readonly string[];
  scale: { low: number; high: number };
  format: (value: number) => string;
  reference?: { value: number; label: string };
}

const HEIGHT = 260;
const LABEL_ROOM = 72;

/** At most four lines, each with its own colour, dash and mark; labels at their ends where there is room. */
export function Lines({ label, lines, places, scale, format, reference }: Props) {
  const values = lines.flatMap((line) => line.dots.flatMap((dot) => (dot ? [dot.value] : [])));
  const axis = axisFor([...values, ...(reference ? [reference.value] : [])], scale);
  return (
    <>
      <Canvas label={label} height={HEIGHT} margins={{ left: 52, right: 28, top: 14, bottom: 28 }}>
        {(given) => {
          const wide = given.width >= 620;
          const frame = { ...given, right: wide ? Math.min(given.width * 0.34, Math.max(...lines.map((line) => room(line.label))) + 24) : given.right };
          const x = linear([0, Math.max(places.length - 1, 1)], [frame.left + 8, frame.width - frame.right - 8]);
          const y = linear([axis.low, axis.high], [frame.height - frame.bottom, frame.top]);
          const crowded = x(1) - x(0) < 14;
          const ends = spread(
            lines.map((line) => y(lastOf(line)?.value ?? axis.low) + 4),
            15,
            [frame.top + 4, frame.height - frame.bottom],
          );
          return (
            <>
              {axis.ticks.map((tick) => (
                <g key={tick}>
                  <line class={tick === 0 ? 'zero' : 'grid'} x1={frame.left} x2={frame.width - frame.right} y1={y(tick)} y2={y(tick)} />
                  <text x={frame.left - 8} y={y(tick) + 4} text-anchor="end">
                    {format(tick)}
                  </text>
                </g>
              ))}
              {reference && (
                <g>
                  <line class="reference" x1={frame.left} x2={frame.width - frame.right} y1={y(reference.value)} y2={y(reference.value)} />
                  <text class="halo" x={frame.left + 4} y={y(reference.value) + 16}>
                    {reference.label}
                  </text>
                </g>
              )}
              {everyNth(places.length, frame.width - frame.left - frame.right, LABEL_ROOM).map((index) => (
                <text key={index} x={x(index)} y={frame.height - 8} text-anchor="middle">
                  {places[index]}
                </text>
              ))}
              {lines.map((line, number) => {
                const points = line.dots.map((dot, index): (Point & Dot) | null => dot && { ...dot, x: x(index), y: y(dot.value) });
                return (
                  <g key={line.key} class={`series s${number}`} data-series={line.key}>
                    {segments(points).map((path) => (
                      <path key={path} class="line" d={path} />
                    ))}
                    {points.map((point) => point && <Mark key={point.x} number={number} small={crowded} {...point} />)}
                    {wide && lastOf(line) && (
                      <text class="label" x={frame.width - frame.right + 10} y={ends[number]}>
                        {line.label}
                      </text>
                    )}
                  </g>
                );
              })}
            </>
          );
        }}
      </Canvas>
      <Legend lines={lines} />
    </>
  );
}

/** About as wide as a label is drawn: CJK characters take nearly twice the room. */
const room = (text: string): number => [...text].reduce((sum, sign) => sum + (sign > '\u2e80' ? 12.5 : 7), 0);

const lastOf = (line: Line): Dot | undefined => line.dots.findLast((dot) => dot !== null) ?? undefined;

const SHAPES = ['M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z', 'M-3.700-3.700h7.400v7.400h-7.400z', 'M0-4.800l4.800 8.400h-9.600z', 'M0-5.200l5.200 5.200-5.200 5.200-5.200-5.200z'];

interface MarkProps {
  number: number;
  x: number;
  y: number;
  open: boolean;
  small?: boolean;
}

function Mark({ number, x, y, open, small }: MarkProps) {
  return <path class={`point ${open ? 'open' : ''}`} d={SHAPES[number % SHAPES.length]} transform={`translate(${x} ${y}) scale(${small ? 0.6 : 1})`} />;
}

function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul class="legend">
      {lines.map((line, number) => (
        <li key={line.key}>
          <svg class={`swatch chart series s${number}`} viewBox="-8 -8 16 16" aria-hidden="true">
            <Mark number={number} x={0} y={0} open={false} />
          </svg>
          {line.label}
        </li>
      ))}
    </ul>
  );
}
