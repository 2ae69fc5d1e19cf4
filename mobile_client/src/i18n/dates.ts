import { useSyncExternalStore } from '../ui/store';
import { localeTag } from './language';
import { useZone, zone } from './zone';

/** Days are `YYYY-MM-DD` in the person's own time zone, as on the wire; instants are shown on the same clock. */
export function dayOf(moment: Date = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone(), year: 'numeric', month: '2-digit', day: '2-digit' }).format(moment);
}

/** A phone puts the app away in the evening and takes it out in the morning, as it was. */
function onClock(look: () => void): () => void {
  const timer = setInterval(look, 60_000);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

export function useToday(): string {
  useZone();
  useSyncExternalStore(onClock, dayOf);
  return dayOf();
}

/** A calendar day from a moment that `noon` made and arithmetic moved. */
export function calendarDay(moment: Date): string {
  const month = `${moment.getMonth() + 1}`.padStart(2, '0');
  return `${moment.getFullYear()}-${month}-${`${moment.getDate()}`.padStart(2, '0')}`;
}

/** Noon avoids every daylight-saving edge when only the date matters. */
export const noon = (day: string): Date => new Date(`${day}T12:00:00`);

/** What an address names as a day may be none: `2026-02-30`. */
export const isDay = (name: string): boolean => /^\d{4}-\d\d-\d\d$/.test(name) && calendarDay(noon(name)) === name;

export function addDays(day: string, count: number): string {
  const moment = noon(day);
  moment.setDate(moment.getDate() + count);
  return calendarDay(moment);
}

export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

const format = (moment: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(localeTag(), options).format(moment);

export const longDay = (day: string): string => format(noon(day), { weekday: 'long', day: 'numeric', month: 'long' });
export const shortDay = (day: string): string => format(noon(day), { day: 'numeric', month: 'short' });
export const monthName = (day: string): string => format(noon(day), { month: 'long', year: 'numeric' });
export const dateOf = (instant: string): string => format(new Date(instant), { timeZone: zone(), dateStyle: 'medium' });
export const timeOf = (instant: string): string => format(new Date(instant), { timeZone: zone(), timeStyle: 'short' });

/** For logs, which go back over years: the year is said when it is not this one. */
export function whenOf(instant: string, at = zone()): string {
  const moment = new Date(instant);
  const year = dayOf(moment).slice(0, 4) === dayOf().slice(0, 4) ? undefined : 'numeric';
  return format(moment, { timeZone: at, year, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

export const percent = (share: number): string =>
  new Intl.NumberFormat(localeTag(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
export const decimal = (value: number, digits = 2): string =>
  new Intl.NumberFormat(localeTag(), { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

/** Narrow weekday names, Monday first. */
export function weekdays(): { short: string; long: string }[] {
  return Array.from({ length: 7 }, (_, index) => {
    const day = new Date(2024, 0, 1 + index, 12);
    return { short: format(day, { weekday: 'short' }), long: format(day, { weekday: 'long' }) };
  });
}
