import { useState } from 'preact/hooks';
import { useDays } from '../api/queries';
import type { DayOut } from '../api/shapes';
import { addDays, longDay, monthName, noon, useToday, weekdays } from '../i18n/dates';
import { t } from '../i18n/t';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Loaded } from '../ui/Loaded';
import { lastDayOf, monthOf, shiftMonth, weeksOf } from './calendar';
import { Mark } from './Mark';
import { bandFor, standing, type Standing, valueOf } from './range';

/** The month with a mark for each day: how it stood against the weeks before it. */
export function Month() {
  const today = useToday();
  const [month, setMonth] = useState(monthOf(today));
  // The weeks before the first are needed to know what was usual then.
  const days = useDays(addDays(month, -35), lastDayOf(month));
  return (
    <section class="stack">
      <div class="row between">
        <button class="button" type="button" aria-label={t('history.prev')} onClick={() => setMonth(shiftMonth(month, -1))}>
          <Icon name="back" />
        </button>
        <h2 aria-live="polite">{monthName(month)}</h2>
        <button
          class="button"
          type="button"
          aria-label={t('history.next')}
          disabled={month >= monthOf(today)}
          onClick={() => setMonth(shiftMonth(month, 1))}
        >
          <Icon name="next" />
        </button>
      </div>
      <Loaded query={days}>{(range) => <Calendar month={month} days={range.days} today={today} />}</Loaded>
    </section>
  );
}

function standingOf(day: DayOut, days: readonly DayOut[]): Standing {
  return standing(valueOf(day.vector, 'balance'), bandFor(day.day, days, 'balance'));
}

function Calendar({ month, days, today }: { month: string; days: readonly DayOut[]; today: string }) {
  const known = new Map(days.map((day) => [day.day, day]));
  const any = days.some((day) => monthOf(day.day) === month);
  return (
    <>
      <table class="calendar">
        <caption class="hidden">{monthName(month)}</caption>
        <thead>
          <tr>
            {weekdays().map((weekday) => (
              <th scope="col" key={weekday.long} abbr={weekday.long}>
                {weekday.short}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week, index) => (
            <tr key={index}>
              {week.map((day, at) => (
                <td key={day ?? at}>{day && <Cell day={day} data={known.get(day)} days={days} today={today} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {any ? <Legend /> : <p class="muted center">{t('history.month.empty')}</p>}
    </>
  );
}

interface CellProps {
  day: string;
  data: DayOut | undefined;
  days: readonly DayOut[];
  today: string;
}

function Cell({ day, data, days, today }: CellProps) {
  const number = noon(day).getDate();
  const now = day === today ? 'is-today' : '';
  if (!data)
    return (
      <span class={`day ${now}`} aria-label={`${longDay(day)}: ${t('history.day.none')}`} role="img">
        {number}
      </span>
    );
  const how = standingOf(data, days);
  return (
    <Link to={`/history/day/${day}`} class={`day ${now}`} aria-label={`${longDay(day)}: ${t(`history.day.${how}`)}`}>
      {number}
      <Mark standing={how} />
    </Link>
  );
}

function Legend() {
  return (
    <ul class="legend">
      {(['above', 'usual', 'below', 'new'] as const).map((how) => (
        <li key={how}>
          <Mark standing={how} /> {t(`history.legend.${how}`)}
        </li>
      ))}
    </ul>
  );
}
