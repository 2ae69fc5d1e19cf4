import { afterEach, expect, test } from 'vitest';
import { lastDayOf, monthOf, shiftMonth, weeksOf } from '../src/history/calendar';
import { limits, linear, segments, ticks } from '../src/history/plot';
import { reportsSince, said } from '../src/api/selfreports';
import type { ReportOut } from '../src/api/shapes';
import { bandFor, ownRange, rowsOf, standing, valueOf } from '../src/history/range';
import { addDays, dayOf, daysBetween, isDay, whenOf } from '../src/i18n/dates';
import { sameClock, setZone, startOf } from '../src/i18n/zone';

const day = (name: string, positive: number) => ({
  day: name,
  hours: 1,
  readings: 1,
  vector: [positive, 0.1, 0, 0, 0, 0, 0, positive / 2, 0.1 / 3, 0],
});

test('the line stops at a gap and begins again after it; a lonely day is a dot, not a line', () => {
  const at = (x: number) => ({ x, y: 1 });
  expect(segments([at(0), at(1), null, at(3), null, at(5), at(6)])).toEqual(['M0.0 1.0L1.0 1.0', 'M5.0 1.0L6.0 1.0']);
});

test('the own range needs a week and never contains the day that is measured', () => {
  const days = daysBetween('2026-11-01', '2026-11-09').map((name, index) => day(name, index < 8 ? 0.3 : 0.9));
  expect(bandFor('2026-11-07', days, 'balance')).toBeNull(); // six days before it
  const band = bandFor('2026-11-09', days, 'balance');
  expect(band?.low).toBeCloseTo(0.2);
  expect(band?.high).toBeCloseTo(0.2);
  expect(standing(valueOf(days[8]?.vector ?? [], 'balance'), band)).toBe('above');
});

test('what was usual is a matter of four weeks, however few days of them there are and however many were fetched', () => {
  const often = daysBetween('2026-08-01', '2026-11-08').map((name) => day(name, name < '2026-10-12' ? 0.9 : 0.3));
  expect(bandFor('2026-11-09', often, 'balance')?.high).toBeCloseTo(0.2);
  const seldom = often.filter((_, index) => index % 7 === 0);
  expect(bandFor('2026-11-09', seldom, 'balance')).toBeNull();
});

test('mean and one deviation either way, by hand', () => {
  expect(ownRange([1, 2, 3, 4, 5, 6, 7])).toEqual({ low: 2, high: 6 }); // mean 4, population variance 4
  expect(ownRange([1, 2, 3])).toBeNull();
});

test('standing', () => {
  const band = { low: 0.2, high: 0.4 };
  expect([0.1, 0.2, 0.3, 0.4, 0.5].map((value) => standing(value, band))).toEqual(['below', 'usual', 'usual', 'usual', 'above']);
  expect(standing(0.1, null)).toBe('new');
});

test('months: a leap February that starts on a Thursday', () => {
  expect(lastDayOf('2024-02-01')).toBe('2024-02-29');
  expect(weeksOf('2024-02-01')[0]).toEqual([null, null, null, '2024-02-01', '2024-02-02', '2024-02-03', '2024-02-04']);
  expect(weeksOf('2024-02-01').flat().filter(Boolean)).toHaveLength(29);
  expect(shiftMonth('2026-01-01', -1)).toBe('2025-12-01');
  expect(monthOf('2026-11-21')).toBe('2026-11-01');
});

test('days go over month ends and daylight saving, and what is no day is none', () => {
  expect(['2026-03-29', '2026-02-30', '2026-99-99', 'today', '2026-3-1'].map(isDay)).toEqual([true, false, false, false, false]);
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  expect(daysBetween('2026-10-24', '2026-10-26')).toHaveLength(3);
});

afterEach(() => setZone(undefined));

test('a day is the one of the person’s zone, wherever the phone is', () => {
  const moment = new Date('2026-03-29T00:30:00Z'); // clocks change in Berlin half an hour later
  setZone('America/New_York');
  expect(dayOf(moment)).toBe('2026-03-28');
  expect(startOf('2026-03-28')).toBe('2026-03-28T04:00:00.000Z');
  expect(whenOf('2026-03-29T00:30:00Z')).toMatch(/28.*20:30/);
  setZone('Europe/Berlin');
  expect(dayOf(moment)).toBe('2026-03-29');
  expect([startOf('2026-03-29'), startOf('2026-03-30')]).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
  setZone('America/Santiago'); // at midnight clocks go to one, and half a year later from midnight back to eleven
  expect([startOf('2026-09-06'), startOf('2026-04-05')]).toEqual(['2026-09-06T04:00:00.000Z', '2026-04-05T04:00:00.000Z']);
  setZone('Pacific/Kiritimati');
  expect(startOf('2026-03-29')).toBe('2026-03-28T10:00:00.000Z');
  setZone('Mars/Olympus'); // a server that knows more zones than this browser
  expect(dayOf(new Date(2026, 2, 29, 12))).toBe('2026-03-29');
});

test('zones whose clocks agree all year are the same to a person', () => {
  expect(sameClock('Europe/Berlin', 'Europe/Rome')).toBe(true);
  expect(sameClock('Europe/Berlin', 'Africa/Lagos', Date.parse('2026-01-15T00:00:00Z'))).toBe(false); // in winter only
  expect(sameClock('Europe/Berlin', 'Mars/Olympus')).toBe(true);
});

const report = (id: string, at: string, instrument = 'mood', score = 4): ReportOut =>
  ({ id, instrument, score, maximum: instrument === 'mood' ? 5 : 100, created_at: at }) as ReportOut;

test('what a person said is fetched back to the first day, and no further', async () => {
  const pages = {
    '': { items: [report('a', '2026-03-03T12:00:00Z'), report('b', '2026-03-02T12:00:00Z')], next_cursor: '1' },
    1: { items: [report('c', '2026-03-01T12:00:00Z'), report('d', '2026-02-20T12:00:00Z')], next_cursor: '2' },
  };
  const found = await reportsSince('2026-03-01', async (cursor) => pages[cursor as keyof typeof pages]);
  expect(found.map((one) => one.id)).toEqual(['a', 'b', 'c', 'd']);
  expect(said(found, '2026-03-01').map((one) => one.id)).toEqual(['a', 'b', 'c']);
});

test('the table has a row for days with words only, and for days with readings only', () => {
  const words = said([report('a', '2026-03-03T12:00:00Z'), report('b', '2026-03-03T09:00:00Z', 'who5', 60)], '2026-03-01');
  expect(rowsOf([day('2026-03-01', 0.5), day('2026-03-02', 0.2)], words, 'happy')).toEqual([
    { day: '2026-03-03', value: null, said: '4/5, 60/100' },
    { day: '2026-03-02', value: 0.2, said: '' },
    { day: '2026-03-01', value: 0.5, said: '' },
  ]);
});

test('axes end on round numbers and include what is drawn', () => {
  expect(limits([-0.13, 0.31], -1, 1)).toEqual([-0.2, 0.4]);
  expect(limits([], 0, 1)).toEqual([0, 1]);
  expect(ticks([-0.2, 0.4])).toEqual([-0.2, 0, 0.2, 0.4]);
  expect(ticks([-0.4, 0.6])).toEqual([-0.4, 0, 0.4]); // nothing beyond the limits
  expect(ticks([-0.6, 0.4])).toEqual([-0.4, 0, 0.4]);
  expect(linear([0, 10], [100, 0])(5)).toBe(50);
});
