import { useDay } from '../api/queries';
import type { HourOut } from '../api/shapes';
import { GLYPH, share } from '../emotions';
import { addDays, longDay, percent, useToday } from '../i18n/dates';
import { t } from '../i18n/t';
import { known } from '../i18n/zone';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { FRAME, linear } from './plot';
import { ReadingList } from './Readings';

export default function Day({ day }: { day: string }) {
  const query = useDay(day);
  const today = useToday();
  return (
    <Screen title={longDay(day)} back="/history">
      <div class="stack">
        <div class="row between">
          <Link to={`/history/day/${addDays(day, -1)}`} replace class="button" aria-label={t('history.prevday')}>
            <Icon name="back" />
          </Link>
          <h2>{t('history.day.title')}</h2>
          {day < today ? (
            <Link to={`/history/day/${addDays(day, 1)}`} replace class="button" aria-label={t('history.nextday')}>
              <Icon name="next" />
            </Link>
          ) : (
            <span class="spacer" />
          )}
        </div>
        <Loaded query={query}>
          {({ hours, timezone }) => (
            <>
              {hours.length ? <Hours hours={hours} /> : <p class="empty">{t('history.day.empty')}</p>}
              <ReadingList day={day} zone={known(timezone) ? timezone : undefined} />
            </>
          )}
        </Loaded>
      </div>
    </Screen>
  );
}

function Hours({ hours }: { hours: readonly HourOut[] }) {
  return (
    <div class="card stack-s">
      <HourChart hours={hours} />
      <ul class="legend">
        {(['positive', 'negative'] as const).map((name) => (
          <li key={name}>
            <span class={`c-${name}`} aria-hidden="true">
              {GLYPH[name]}
            </span>
            {t(`emotion.${name}`)}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('app.table')}</summary>
        <HourTable hours={hours} />
      </details>
    </div>
  );
}

/** Positive upwards, negative downwards from one line; an hour without a check-in stays empty. */
function HourChart({ hours }: { hours: readonly HourOut[] }) {
  const x = linear([0, 24], [FRAME.left, FRAME.width - FRAME.right]);
  const middle = (FRAME.top + FRAME.height - FRAME.bottom) / 2;
  const reach = middle - FRAME.top;
  const length = (part: number): number => Math.max(2, part * reach);
  return (
    <svg class="chart" viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={t('history.chart.day')}>
      <line class="grid" x1={FRAME.left} x2={FRAME.width - FRAME.right} y1={middle} y2={middle} />
      {[0, 6, 12, 18, 24].map((hour) => (
        <text key={hour} x={x(hour)} y={FRAME.height - 8} text-anchor="middle">
          {hour}
        </text>
      ))}
      {hours.map((hour) => {
        // An hour that the clock showed twice, when it was set back or on the way to another zone, shares its place.
        const twins = hours.filter((other) => other.clock === hour.clock);
        const width = 10 / twins.length;
        const left = x(hour.clock) + 2 + twins.indexOf(hour) * width;
        const up = length(share(hour.vector, 'positive'));
        const down = length(share(hour.vector, 'negative'));
        return (
          <g key={hour.hour}>
            <rect class="positive" x={left} width={width} rx="3" y={middle - 1 - up} height={up} />
            <rect class="negative" x={left} width={width} rx="3" y={middle + 1} height={down} />
          </g>
        );
      })}
    </svg>
  );
}

function HourTable({ hours }: { hours: readonly HourOut[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('history.hour')}</th>
          <th scope="col">{t('emotion.positive')}</th>
          <th scope="col">{t('emotion.negative')}</th>
          <th scope="col">{t('history.readings')}</th>
        </tr>
      </thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour.hour}>
            <th scope="row">{`${hour.clock}:00`}</th>
            <td>{percent(share(hour.vector, 'positive'))}</td>
            <td>{percent(share(hour.vector, 'negative'))}</td>
            <td>{hour.readings}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
