import { addDays, decimal, percent } from '../../i18n/dates';
import type { Dot } from '../charts/Lines';
import type { Figure, InsightPage, Unit, WeekFigures } from '../shapes';
import { h } from '../words';

/** The years count back from today in whole weeks; the server rounds to calendar weeks. */
export const PERIODS = [12, 26, 52, 104] as const;
export type Period = (typeof PERIODS)[number];

export function format(value: number, unit: Unit): string {
  if (unit === 'share') return percent(value);
  return unit === 'points' ? decimal(value, 0) : decimal(value);
}

/** A difference says on which side of zero it lies; the parts that it is made of have no sides. */
const isDifference = (key: string): boolean => key === 'balance' || key.startsWith('gender.') || key.startsWith('age.');

/** The figure in words; a bound is said as one, what is hidden is said to be so. */
export function phrase(figure: Figure | undefined, unit: Unit): string {
  if (!figure || figure.value === null) return h('insights.hidden');
  const sign = figure.value > 0 && unit === 'balance' && isDifference(figure.key) ? '+' : '';
  const value = `${sign}${format(figure.value, unit)}`;
  return figure.bound === 'exact' ? value : h(`insights.${figure.bound}`, { value });
}

export const figureIn = (week: WeekFigures | undefined, key: string): Figure | undefined =>
  week?.figures.find((figure) => figure.key === key);

/** Every Monday from the first published week to the last: a week that was not published stays a gap. */
export function mondays(weeks: readonly WeekFigures[]): string[] {
  const [first, last] = [weeks[0]?.week, weeks.at(-1)?.week];
  const found: string[] = [];
  if (first && last) for (let day = first; day <= last; day = addDays(day, 7)) found.push(day);
  return found;
}

export function lineOf(page: InsightPage, key: string): (Dot | null)[] {
  const byWeek = new Map(page.weeks.map((week) => [week.week, figureIn(week, key)]));
  return mondays(page.weeks).map((monday) => {
    const figure = byWeek.get(monday);
    return figure?.value == null ? null : { value: figure.value, open: figure.bound !== 'exact' };
  });
}

/** The span that is asked for, ending today. */
export const spanOf = (weeks: Period, today: string): { from: string; to: string } => ({ from: addDays(today, -7 * (weeks - 1)), to: today });

/** The keys of a page in their order, with their labels, however many weeks know them. */
export function keysOf(page: InsightPage): { key: string; label: string }[] {
  const found = new Map<string, string>();
  for (const week of page.weeks) for (const figure of week.figures) found.set(figure.key, figure.label);
  return [...found].map(([key, label]) => ({ key, label }));
}

/** Largest figure of those that are shown. */
export function peak(figures: readonly Figure[]): Figure | undefined {
  const known = figures.filter((figure) => figure.value !== null);
  return known.reduce<Figure | undefined>((best, one) => ((one.value ?? 0) > (best?.value ?? -Infinity) ? one : best), undefined);
}
