import type { DayOut } from '../api/shapes';
import type { Said } from '../api/selfreports';
import { share, type Emotion } from '../emotions';
import { addDays } from '../i18n/dates';

/** What a day shows on the trend: a component, or the balance of positive and negative. */
export type Measure = 'balance' | Emotion;

export function valueOf(vector: readonly number[], measure: Measure): number {
  if (measure !== 'balance') return share(vector, measure);
  return share(vector, 'positive') - share(vector, 'negative');
}

export interface Band {
  low: number;
  high: number;
}

const BAND = {
  weeks: 4, // as the server has it: what was usual in spring is not what is usual now
  days: 7, // fewer days say more about the days than about the person
  deviations: 1, // a soft band: about two days of three lie inside
};

/** The person's own usual range: mean and one deviation either way; null while there is too little to say. */
export function ownRange(values: readonly number[], settings = BAND): Band | null {
  if (values.length < settings.days) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const half = settings.deviations * Math.sqrt(variance);
  return { low: mean - half, high: mean + half };
}

export type Standing = 'above' | 'usual' | 'below' | 'new';

export function standing(value: number, band: Band | null): Standing {
  if (!band) return 'new';
  if (value > band.high) return 'above';
  return value < band.low ? 'below' : 'usual';
}

/** The band for a day comes from the four weeks before it: a day is never its own measure, and has one band on every screen. */
export function bandFor(day: string, days: readonly DayOut[], measure: Measure): Band | null {
  const from = addDays(day, -7 * BAND.weeks);
  const before = days.filter((other) => from <= other.day && other.day < day);
  return ownRange(before.map((other) => valueOf(other.vector, measure)));
}

export interface Row {
  day: string;
  value: number | null;
  said: string;
}

/** The table behind the chart: a row for each day with a reading or with the person's own words, the newest first. */
export function rowsOf(days: readonly DayOut[], said: readonly Said[], measure: Measure): Row[] {
  const values = new Map(days.map((one) => [one.day, valueOf(one.vector, measure)]));
  const all = new Set([...values.keys(), ...said.map((one) => one.day)]);
  const textOf = (day: string): string => said.filter((one) => one.day === day).map((one) => one.text).join(', ');
  return [...all].sort().reverse().map((day) => ({ day, value: values.get(day) ?? null, said: textOf(day) }));
}
