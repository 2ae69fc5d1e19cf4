import { linear } from '../../history/plot';
import { axisFor, everyNth } from './axis';
import { Canvas } from './Canvas';

export interface Column {
  key: string;
  label: string;
  value: number | null;
  open: boolean;
}

interface Props {
  label: string;
  columns: readonly Column[];
  scale: { low: number; high: number };
  format: (value: number) => string;
}

const HEIGHT = 220;

/** Columns from the ground; a place without a figure keeps its place, with a dot on the ground. */
export function Columns({ label, columns, scale, format }: Props) {
  const axis = axisFor(columns.flatMap((column) => (column.value === null ? [] : [column.value])), scale);
  return (
    <Canvas label={label} height={HEIGHT} margins={{ left: 52, right: 8, top: 14, bottom: 28 }}>
      {(frame) => {
        const room = (frame.width - frame.left - frame.right) / columns.length;
        const y = linear([axis.low, axis.high], [frame.height - frame.bottom, frame.top]);
        const middle = (index: number): number => frame.left + room * (index + 0.5);
        const thick = Math.min(34, room * 0.66);
        const shown = everyNth(columns.length, frame.width - frame.left - frame.right, 44, 'first');
        return (
          <>
            {axis.ticks.map((tick) => (
              <g key={tick}>
                <line class="grid" x1={frame.left} x2={frame.width - frame.right} y1={y(tick)} y2={y(tick)} />
                <text x={frame.left - 8} y={y(tick) + 4} text-anchor="end">
                  {format(tick)}
                </text>
              </g>
            ))}
            {columns.map((column, index) =>
              column.value === null ? (
                <circle key={column.key} class="nothing" cx={middle(index)} cy={y(axis.low) - 4} r="2" />
              ) : (
                <rect
                  key={column.key}
                  class={`column ${column.open ? 'open' : ''}`}
                  x={middle(index) - thick / 2}
                  width={thick}
                  y={y(column.value)}
                  height={Math.max(1, y(axis.low) - y(column.value))}
                  rx="2"
                />
              ),
            )}
            {shown.map((index) => (
              <text key={index} x={middle(index)} y={frame.height - 8} text-anchor="middle">
                {columns[index]?.label}
              </text>
            ))}
          </>
        );
      }}
    </Canvas>
  );
}
