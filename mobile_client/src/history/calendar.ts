import { addDays, calendarDay, noon } from '../i18n/dates';

export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;

export function shiftMonth(month: string, by: number): string {
  const moment = noon(month);
  moment.setMonth(moment.getMonth() + by);
  return calendarDay(moment);
}

export const lastDayOf = (month: string): string => addDays(shiftMonth(month, 1), -1);

/** Weeks from Monday; null pads the first and last week. */
export function weeksOf(month: string): (string | null)[][] {
  const lead = (noon(month).getDay() + 6) % 7;
  const length = Number(lastDayOf(month).slice(8));
  const cells: (string | null)[] = Array.from({ length: lead }, () => null);
  for (let day = 0; day < length; day += 1) cells.push(addDays(month, day));
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
