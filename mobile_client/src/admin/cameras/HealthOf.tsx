import { decimal } from '../../i18n/dates';
import { healthOf } from '../health';
import { a, aOr } from '../words';

/** What the camera's agent said last: counts only, nobody's name. */
export function HealthOf({ raw }: { raw: Record<string, unknown> }) {
  const health = healthOf(raw);
  if (!health?.sources.length) return null; // a tablet says only that it is there
  const counts = [
    ['readings', health.readings],
    ['waiting', health.waiting],
    ['dropped', health.dropped],
  ] as const;
  return (
    <div class="stack-s">
      <dl class="metrics">
        {counts.map(([name, count]) => (
          <div key={name}>
            <dt>{a(`health.${name}`)}</dt>
            <dd>{decimal(count, 0)}</dd>
          </div>
        ))}
      </dl>
      <ul class="small">
        {health.sources.map((source) => (
          <li key={source.name}>
            {source.name}: {aOr(`source.${source.state}`, source.state)}, {a('health.rate', { rate: decimal(source.rate, 1) })}
          </li>
        ))}
      </ul>
      {health.dropped > 0 && <p class="note warm small">{a('health.dropped.text')}</p>}
      {health.agent && <p class="small muted">{a('health.agent', { version: health.agent })}</p>}
    </div>
  );
}
