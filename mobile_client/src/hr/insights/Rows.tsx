import type { Figure, InsightPage } from '../shapes';
import { phrase } from './figures';

/** A line each: name, bar, value in words. Where zero lies in the middle the bar starts there. */
export function Rows({ figures, scale }: { figures: readonly Figure[]; scale: InsightPage['scale'] }) {
  const place = (value: number): number => (100 * (value - scale.low)) / (scale.high - scale.low);
  const zero = place(Math.max(0, scale.low));
  return (
    <ul class="bars">
      {figures.map((figure) => (
        <li key={figure.key} class="figure-row" data-figure={figure.key}>
          <span>{figure.label}</span>
          <span class={`bar-track ${scale.low < 0 ? 'centred' : ''}`} aria-hidden="true">
            {figure.value !== null && (
              <span
                class={`bar-fill b-accent ${figure.bound === 'exact' ? '' : 'open'}`}
                style={{ marginInlineStart: `${Math.min(zero, place(figure.value))}%`, width: `${Math.abs(place(figure.value) - zero)}%` }}
              />
            )}
          </span>
          <span class={figure.value === null ? 'bar-value muted' : 'bar-value number'}>{phrase(figure, scale.unit)}</span>
        </li>
      ))}
    </ul>
  );
}
