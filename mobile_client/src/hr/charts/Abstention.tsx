import { percent } from '../../i18n/dates';
import { linear, segments } from '../../history/plot';
import type { ModelCard } from '../shapes';
import { h } from '../words';
import { Canvas } from './Canvas';

type Point = ModelCard['abstention']['curve'][number];

const HEIGHT = 240;

/** From naming everything, at the left, to naming only what is sure. */
export function Abstention({ curve, inUse }: { curve: readonly Point[]; inUse: Point }) {
  const low = Math.floor(Math.min(...curve.map((point) => point.accuracy_named)) * 10) / 10;
  const most = Math.ceil(Math.max(...curve.map((point) => point.abstained)) * 10) / 10 || 0.1;
  return (
    <Canvas label={h('quality.abstention.chart')} height={HEIGHT} margins={{ left: 52, right: 24, top: 26, bottom: 46 }}>
      {(frame) => {
        const x = linear([0, most], [frame.left, frame.width - frame.right]);
        const y = linear([low, 1], [frame.height - frame.bottom, frame.top]);
        const points = curve.map((point) => ({ x: x(point.abstained), y: y(point.accuracy_named) }));
        return (
          <>
            {[low, (low + 1) / 2, 1].map((tick) => (
              <g key={tick}>
                <line class="grid" x1={frame.left} x2={frame.width - frame.right} y1={y(tick)} y2={y(tick)} />
                <text x={frame.left - 8} y={y(tick) + 4} text-anchor="end">
                  {percent(tick)}
                </text>
              </g>
            ))}
            {[0, most / 2, most].map((tick) => (
              <text key={tick} x={x(tick)} y={frame.height - frame.bottom + 18} text-anchor="middle">
                {percent(tick)}
              </text>
            ))}
            <text x={frame.left} y={14}>
              {h('quality.abstention.y')}
            </text>
            <text x={frame.width - frame.right} y={frame.height - 8} text-anchor="end">
              {h('quality.abstention.x')}
            </text>
            {segments(points).map((path) => (
              <path key={path} class="line" d={path} />
            ))}
            <circle class="now" cx={x(inUse.abstained)} cy={y(inUse.accuracy_named)} r="6" />
            <text class="label" x={x(inUse.abstained) + 12} y={y(inUse.accuracy_named) + 20}>
              {h('quality.inuse')}
            </text>
          </>
        );
      }}
    </Canvas>
  );
}
