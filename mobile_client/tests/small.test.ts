import { expect, test, vi } from 'vitest';
import { phaseAt, RHYTHM, TOTAL_S } from '../src/chat/rhythm';
import { EMOTIONS, EXPRESSIONS, GROUPS, share } from '../src/emotions';
import { CHECKED_ON, COUNTRIES, dialable, emergencyNumbers, guessCountry, linesFor } from '../src/help/helplines';
import { ApiError } from '../src/api/errors';
import { whenOf } from '../src/i18n/dates';
import { en } from '../src/i18n/en';
import { sayProblem } from '../src/i18n/problem';
import { blocksOf } from '../src/me/blocks';
import { browserOf } from '../src/me/browser';
import { surenessOf, wordingOf } from '../src/reading/sentence';
import { match } from '../src/router';
import { check, EMPTY } from '../src/welcome/check';

test('routes', () => {
  expect(match('/history/day/:day', '/history/day/2026-11-21')).toEqual({ day: '2026-11-21' });
  expect(match('/me', '/me/')).toEqual({});
  expect(match('/me', '/me/profile')).toBeNull();
  expect(match('/reading/:id', '/history/1')).toBeNull();
  expect(match('/reading/:id', '/reading/a%20b')).toEqual({ id: 'a b' });
  expect(match('/reading/:id', '/reading/%E0%A4%A')).toBeNull();
});

const seven = (values: Partial<Record<(typeof EMOTIONS)[number], number>>) => ({
  happy: 0, sad: 0, angry: 0, disgust: 0, fear: 0, surprise: 0, neutral: 0, ...values,
});

test.each([
  [{ neutral: 0.9, sad: 0.1 }, { key: 'reading.mostly', first: 'neutral' }],
  [{ happy: 0.6, neutral: 0.3 }, { key: 'reading.with', first: 'happy', second: 'neutral' }],
  [{ sad: 0.35, neutral: 0.3 }, { key: 'reading.mixed', first: 'sad', second: 'neutral' }],
  [{ sad: 0.48, neutral: 0.45 }, { key: 'reading.mixed', first: 'sad', second: 'neutral' }],
] as const)('%j is worded as %j', (values, wording) => {
  expect(wordingOf(seven(values))).toEqual(wording);
});

test('how sure', () => {
  expect([null, 0.3, 0.6, 0.9].map(surenessOf)).toEqual(['low', 'low', 'mid', 'high']);
});

test('the order of a vector is the one of the server', () => {
  const vector = [0.5, 0.1, 0.06, 0.04, 0.08, 0.02, 0.2, 0.26, 0.08, 0.12];
  expect(EXPRESSIONS.map((name) => share(vector, name))).toEqual(vector.slice(0, 7));
  expect(EMOTIONS).toHaveLength(10);
});

test('what is shown of a group is its part of the whole: a purely happy face is positive and nothing else', () => {
  expect(GROUPS.map((name) => share([1, 0, 0, 0, 0, 0, 0, 0.5, 0, 0], name))).toEqual([1, 0, 0]);
  const parts = GROUPS.map((name) => share([0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.1, 0.15], name));
  expect(parts.map((part) => Math.round(part * 100))).toEqual([40, 30, 30]);
});

test('breathing: a cycle of twelve seconds fits the two minutes', () => {
  expect([0, 3, 4, 5, 6, 11, 12].map(phaseAt)).toEqual(['in', 'in', 'hold', 'hold', 'out', 'out', 'in']);
  expect(TOTAL_S % (RHYTHM.in + RHYTHM.hold + RHYTHM.out)).toBe(0);
});

test('helplines: by the clock first, by language second, else somewhere for everybody', () => {
  expect(guessCountry('Asia/Seoul', ['en-GB'])).toBe('KR');
  expect(guessCountry('Etc/UTC', ['en-GB'])).toBe('GB');
  expect(guessCountry('Etc/UTC', ['zh'])).toBeNull();
  expect(guessCountry('America/Phoenix', ['ko'])).toBe('US');
  expect(guessCountry('Asia/Calcutta', ['en-GB'])).toBe('IN');
  expect(guessCountry('Europe/Prague', ['en-GB'])).toBeNull(); // somewhere else: no British number
  expect(linesFor(null).emergency).toBe('112');
  expect(dialable('0800 1110111')).toBe('08001110111');
  expect(dialable('*4141')).toBe('*4141');
  expect(dialable('119 / 110')).toBeNull(); // two numbers are never dialled as one
  expect(dialable('findahelpline.com')).toBeNull();
  expect(emergencyNumbers(linesFor('JP'))).toEqual(['119', '110']);
});

test('every country has an emergency number that can be dialled and a line with words in each language', () => {
  for (const country of Object.values(COUNTRIES)) {
    for (const number of emergencyNumbers(country)) expect(number).toMatch(/^\d{2,6}$/);
    expect(country.lines.length).toBeGreaterThan(0);
    for (const line of country.lines) expect(line.name.en && line.name.zh && line.name.ko && line.hours.en).toBeTruthy();
  }
  expect(CHECKED_ON).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test('the registration form', () => {
  const good = { ...EMPTY, username: 'ana', password: 'a calm harbour', phone: '+44 7911 123456', invite_code: 'HARBOUR-1' };
  expect(check(good)).toEqual({});
  expect(check({ ...good, phone: '07911 123456' })).toEqual({ phone: 'error.phone' });
  expect(check({ ...good, password: 'aaaaaaaaaaaa' })).toEqual({ password: 'error.password' });
  expect(check({ ...good, username: 'a b' })).toEqual({ username: 'error.username' });
  expect(check({ ...good, email: 'ana@' })).toEqual({ email: 'error.email' });
  expect(Object.keys(check(EMPTY)).sort()).toEqual(['invite_code', 'password', 'phone', 'username']);
});

test('agreements: headings, points and paragraphs, with or without empty lines between them', () => {
  expect(blocksOf('One\nline.\n\n## What\n- a\n- b\nAfter.\n## Why\n## How')).toEqual([
    { kind: 'text', lines: ['One', 'line.'] },
    { kind: 'heading', lines: ['What'] },
    { kind: 'points', lines: ['a', 'b'] },
    { kind: 'text', lines: ['After.'] },
    { kind: 'heading', lines: ['Why'] },
    { kind: 'heading', lines: ['How'] },
  ]);
});

test('devices are named, not fingerprinted', () => {
  const agent = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36';
  expect(browserOf(agent)).toBe('Chrome · Android');
  expect(browserOf('')).toBe('–');
});

test('a refusal is not called trouble of the server', () => {
  expect(sayProblem(new ApiError(409, 'nothing_to_confirm', ''))).toBe(en['error.moved']);
  expect(sayProblem(new ApiError(409, 'put_off_enough', ''))).toBe(en['today.later.over']);
});

test('a log says the year where it is not this one', () => {
  vi.useFakeTimers({ now: new Date('2026-06-01T12:00:00Z') });
  expect(whenOf('2026-03-29T12:30:00Z')).not.toContain('2026');
  expect(whenOf('2025-03-29T12:30:00Z')).toMatch(/29 Mar 2025.*:30/);
  vi.useRealTimers();
});
