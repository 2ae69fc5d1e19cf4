import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiError, OfflineError } from '../src/api/errors';
import { UNITS } from '../src/hr/Alerts';
import { isGone } from '../src/hr/api';
import { axisFor, everyNth, spread, twoLines } from '../src/hr/charts/axis';
import { address, narrowed, NOTHING, query, read } from '../src/hr/cases/filters';
import { stepsFrom, stillPossible } from '../src/hr/cases/steps';
import { figureIn, keysOf, lineOf, mondays, peak, phrase, spanOf } from '../src/hr/insights/figures';
import { draftOf, forget, keep } from '../src/hr/cases/drafts';
import { dayName } from '../src/hr/days';
import { line, listener, type News, stayConnected } from '../src/hr/live';
import type { Figure, InsightPage } from '../src/hr/shapes';
import { en } from '../src/hr/texts/hr-en';
import { ko } from '../src/hr/texts/hr-ko';
import { zh } from '../src/hr/texts/hr-zh';
import { setZone } from '../src/i18n/zone';
import * as signIn from '../src/session/session';

afterEach(() => setZone(undefined));

describe('the live line', () => {
  const hear = (...pieces: string[]): News[] => {
    const heard: News[] = [];
    const say = listener((news) => heard.push(news));
    pieces.forEach(say);
    return heard;
  };
  test('news that arrives in pieces is heard once and whole', () => {
    expect(hear('event: he', 'llo\ndata: {}\n', '\nevent: cases\nda', 'ta: {}\n\n')).toEqual([
      { event: 'hello', data: '{}' },
      { event: 'cases', data: '{}' },
    ]);
  });
  test('several in one piece, other line ends, and what has not ended yet', () => {
    expect(hear('event: cases\r\ndata: {}\r\n\r\nevent: end\ndata: {"code":"again"}\n\nevent: ca')).toEqual([
      { event: 'cases', data: '{}' },
      { event: 'end', data: '{"code":"again"}' },
    ]);
  });
  test('what keeps the line warm is no news', () => {
    expect(hear(': still here\n\n', ': still here\n\n')).toEqual([]);
  });
});

test('a line that has gone silent is dead, and is joined again', async () => {
  vi.useFakeTimers();
  const hello = new TextEncoder().encode('event: hello\ndata: {}\n\n');
  const comment = new TextEncoder().encode(': still here\n\n');
  let speak: ReadableStreamDefaultController<Uint8Array> | undefined;
  vi.spyOn(signIn, 'currentToken').mockReturnValue('token');
  const asked = vi.fn((_: string, { signal }: { signal: AbortSignal }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        speak = controller;
        controller.enqueue(hello);
        signal.addEventListener('abort', () => controller.error(new DOMException('hung up', 'AbortError')));
      },
    });
    return Promise.resolve(new Response(body));
  });
  vi.stubGlobal('fetch', asked);
  const ended = new AbortController();
  const news = vi.fn();
  const staying = stayConnected(ended.signal, news);
  await vi.advanceTimersByTimeAsync(50_000);
  speak?.enqueue(comment);
  await vi.advanceTimersByTimeAsync(50_000);
  expect([asked.mock.calls.length, line.get()]).toEqual([1, 'on']);
  await vi.advanceTimersByTimeAsync(12_000);
  expect([asked.mock.calls.length, line.get()]).toEqual([2, 'on']);
  expect(news).toHaveBeenCalledTimes(2);
  ended.abort();
  await vi.advanceTimersByTimeAsync(10);
  await staying;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('words that are not saved yet', () => {
  test('outlive their dialog and a sign-in that ran out, for the same person alone', () => {
    expect(draftOf('kim', 'one').note).toBe('');
    keep('one', { doing: 'note', note: 'We talk on Monday.' });
    signIn.session.set({ phase: 'expired', reachable: true });
    expect(draftOf('kim', 'one')).toEqual({ doing: 'note', note: 'We talk on Monday.', due: '' });
    expect(draftOf('kim', 'two').note).toBe('');
    expect(draftOf('lee', 'one').note).toBe('');
    expect(draftOf('kim', 'one').note).toBe('');
  });
  test('end when they are saved, and with a log-out', () => {
    draftOf('kim', 'one');
    keep('one', { note: 'first' });
    forget('one');
    expect(draftOf('kim', 'one').note).toBe('');
    keep('one', { note: 'second' });
    signIn.session.set({ phase: 'out', reachable: true });
    expect(draftOf('kim', 'one').note).toBe('');
  });
});

test('a calendar day is the same day in every zone', () => {
  for (const zone of ['Pacific/Honolulu', 'America/New_York', 'Asia/Seoul', 'Pacific/Kiritimati']) {
    setZone(zone);
    expect(dayName('2026-11-16')).toContain('16');
  }
});

describe('filters of the table', () => {
  test('an address says what was chosen, and nothing of what is as usual', () => {
    const chosen = { ...NOTHING, state: 'resolved' as const, level: 'high' as const, overdue: true, from: '2026-11-01' };
    expect(address(NOTHING)).toBe('/hr');
    expect(read(new URLSearchParams(address(chosen).split('?')[1]))).toEqual(chosen);
    expect(narrowed({ ...NOTHING, state: 'all' })).toBe(false);
    expect(narrowed(chosen)).toBe(true);
  });
  test('nonsense in an address is left out', () => {
    expect(read(new URLSearchParams('state=gone&level=5&from=yesterday&overdue=yes'))).toEqual(NOTHING);
    expect(read(new URLSearchParams('unit=x&assigned=somebody&from=2026-99-99&to=2026-13-01'))).toEqual(NOTHING);
    const id = '0b5b1c1e-3f0a-4d6e-9d0b-1f2a3b4c5d6e';
    expect(read(new URLSearchParams(`unit=${id}&assigned=me`))).toMatchObject({ unit: id, assigned: 'me' });
  });
  test('open cases are those that HR owes something; all of them need no filter', () => {
    expect(query(NOTHING).getAll('status')).toEqual(['new', 'acknowledged', 'contacted']);
    expect(`${query({ ...NOTHING, state: 'all' })}`).toBe('');
  });
  test('days begin on the clock of the profile, as the page shows them, whatever the computer says', () => {
    setZone('Asia/Kolkata');
    expect(query({ ...NOTHING, from: '2026-11-02' }).get('from')).toBe('2026-11-01T18:30:00.000Z');
  });
  test('a year that is half typed or beyond the calendar asks for nothing', () => {
    expect(`${query({ ...NOTHING, state: 'all', from: '0020-01-01', to: '9999-12-31' })}`).toBe('');
  });
  test('days are whole days of the reader', () => {
    const asked = query({ ...NOTHING, from: '2026-11-02', to: '2026-11-02' });
    const span = Date.parse(asked.get('to') ?? '') - Date.parse(asked.get('from') ?? '');
    expect(span).toBe(24 * 3600 * 1000);
    expect(new Date(asked.get('from') ?? '').getHours()).toBe(0);
  });
});

test('steps follow each other; words written for a step that is gone can be kept as a note', () => {
  expect(stepsFrom('new')).toEqual(['acknowledge', 'contact']);
  expect(stepsFrom('resolved')).toEqual([]);
  expect(stillPossible('acknowledge', 'new')).toBe('acknowledge');
  expect(stillPossible('acknowledge', 'acknowledged')).toBe('note');
  expect(stillPossible('contact', 'acknowledged')).toBe('contact');
});

const figure = (key: string, value: number | null, more: Partial<Figure> = {}): Figure => ({
  key, label: key.toUpperCase(), value, bound: 'exact', people: value === null ? null : 10, hidden: value === null ? 'too_few' : null, ...more,
});
const PAGE: InsightPage = {
  view: 'trend', title: 'Trend', about: '', department: null, from: '2026-10-05', to: '2026-11-02', hidden: null, reasons: {}, next_publication: '2026-11-11',
  scale: { low: -1, high: 1, unit: 'balance' },
  weeks: [
    { week: '2026-10-05', until: '2026-10-11', figures: [figure('balance', 0.2), figure('positive', 0.4)] },
    { week: '2026-10-19', until: '2026-10-25', figures: [figure('balance', -0.95, { bound: 'at_most' }), figure('positive', null)] },
  ],
};

describe('figures', () => {
  test('a week that was not published and a hidden figure are gaps', () => {
    expect(mondays(PAGE.weeks)).toEqual(['2026-10-05', '2026-10-12', '2026-10-19']);
    expect(lineOf(PAGE, 'balance')).toEqual([{ value: 0.2, open: false }, null, { value: -0.95, open: true }]);
    expect(lineOf(PAGE, 'positive')).toEqual([{ value: 0.4, open: false }, null, null]);
  });
  test('mondays keep step across the change of the clock', () => {
    const weeks = ['2026-03-16', '2026-04-06'].map((week) => ({ week, until: week, figures: [] }));
    expect(mondays(weeks)).toEqual(['2026-03-16', '2026-03-23', '2026-03-30', '2026-04-06']);
  });
  test('in words: a bound is said as one, hidden as hidden', () => {
    expect(phrase(figure('balance', 0.25), 'balance')).toBe('+0.25');
    expect(phrase(figure('positive', 0.25), 'balance')).toBe('0.25');
    expect(phrase(figure('a', 0.8, { bound: 'at_least' }), 'share')).toBe('at least 80%');
    expect(phrase(figure('a', 52), 'points')).toBe('52');
    expect(phrase(figure('a', null), 'share')).toBe('hidden');
    expect(phrase(undefined, 'share')).toBe('hidden');
  });
  test('an alert says its figures as the page and its own sentence do', () => {
    expect([UNITS.negative, UNITS.high].map((unit) => phrase(figure('x', 0.2), unit))).toEqual(['0.20', '20%']);
  });
  test('keys, one figure, the highest', () => {
    expect(keysOf(PAGE)).toEqual([{ key: 'balance', label: 'BALANCE' }, { key: 'positive', label: 'POSITIVE' }]);
    expect(figureIn(PAGE.weeks[1], 'positive')?.value).toBeNull();
    expect(peak([figure('hour.9', 0.2), figure('hour.10', 0.4), figure('hour.11', null)])?.key).toBe('hour.10');
    expect(peak([figure('hour.9', null)])).toBeUndefined();
    expect(spanOf(12, '2026-11-21')).toEqual({ from: '2026-09-05', to: '2026-11-21' });
  });
});

describe('axes', () => {
  test('round, few, with zero on them, never beyond the scale', () => {
    expect(axisFor([0.12, 0.31], { low: -1, high: 1 }).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    expect(axisFor([-0.3, 0.35], { low: -1, high: 1 }).ticks).toEqual([-0.4, -0.2, 0, 0.2, 0.4]);
    expect(axisFor([0.97], { low: 0, high: 1 })).toMatchObject({ low: 0, high: 1 });
    expect(axisFor([62], { low: 0, high: 100 }).ticks).toEqual([0, 20, 40, 60, 80]);
    for (const values of [[], [0], [1], [-1, 1], [0.004]]) {
      const { low, high, ticks } = axisFor(values, { low: -1, high: 1 });
      expect(high).toBeGreaterThan(low);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(8);
    }
  });
  test('labels: the last is always there, and each has its room', () => {
    expect(everyNth(26, 320, 64)).toEqual([1, 7, 13, 19, 25]);
    expect(everyNth(3, 600, 64)).toEqual([0, 1, 2]);
    expect(everyNth(24, 500, 44, 'first')).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
  });
  test('a long label takes two lines, broken at a space where there is one', () => {
    expect(twoLines('Much lower for a while')).toEqual(['Much lower', 'for a while']);
    expect(twoLines('Usual range')).toEqual(['Usual range']);
    expect(twoLines('一段时间低很多')).toEqual(['一段时间', '低很多']);
  });
  test('labels at line ends move apart in their order', () => {
    expect(spread([50, 52, 20], 15, [0, 200])).toEqual([50, 65, 20]);
    expect(spread([198, 199], 15, [0, 200])).toEqual([185, 200]);
  });
});

describe('the line that stays connected', () => {
  test('is taken up again after an end, and given up when it is refused', async () => {
    vi.useFakeTimers();
    const shown: string[] = [];
    const unsubscribe = line.subscribe(() => shown.push(line.get()));
    const session = await import('../src/session/session');
    vi.spyOn(session, 'currentToken').mockReturnValue('token');
    const said = [new Response('404 page not found', { status: 404 }), ...['event: hello\ndata: {}\n\nevent: end\ndata: {"code":"again"}\n\n', 'event: hello\ndata: {}\n\nevent: end\ndata: {"code":"not_allowed"}\n\n'].map((text) => new Response(text))];
    const asked = vi.fn(() => Promise.resolve(said.shift()));
    vi.stubGlobal('fetch', asked);
    const news = vi.fn();
    const { queryClient } = await import('../src/api/queries');
    const asksAnew = vi.spyOn(queryClient, 'invalidateQueries');
    const staying = stayConnected(new AbortController().signal, news);
    await vi.runAllTimersAsync();
    await staying;
    expect(asked).toHaveBeenCalledTimes(3);
    expect(news).toHaveBeenCalledTimes(2);
    unsubscribe();
    expect(shown.filter((state, index) => state !== shown[index - 1])).toEqual(['off', 'on', 'refused']); // an hour that is over is no lost connection
    expect(asksAnew.mock.calls).toEqual([[{ queryKey: ['me'] }]]); // whoever left HR leaves the desk
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
});

test('a case is gone when Evenkeel says so, not when a gateway finds no server', () => {
  expect([isGone(new ApiError(404, 'not_found', '')), isGone(new ApiError(404, '', '')), isGone(new OfflineError())]).toEqual([true, false, false]);
});

describe.each(Object.entries({ zh, ko }))('words of the console in %s', (_, other) => {
  const keys = Object.keys(en) as (keyof typeof en)[];
  const holes = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
  test('are all there, and keep their places to fill', () => {
    expect(Object.keys(other).sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => !other[key].trim() || holes(other[key]) !== holes(en[key]))).toEqual([]);
  });
  test('are not left in English, and keep the voice', () => {
    expect(keys.filter((key) => other[key] === en[key] && en[key] !== 'Evenkeel')).toEqual([]);
    expect([...Object.values(en), ...Object.values(other)].filter((text) => /[!！]/.test(text))).toEqual([]);
  });
});

test('every word of the console is used somewhere', () => {
  const files = import.meta.glob<string>('../src/hr/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
  const source = Object.entries(files)
    .filter(([name]) => !name.includes('/texts/'))
    .map(([, text]) => text)
    .join('\n');
  const patterns = [...source.matchAll(/`([\w.]+\.)\$\{[^}`]+\}([\w.]*)`/g)].map(
    ([, before = '', after = '']) => new RegExp(`^${before.replaceAll('.', '\\.')}[\\w-]+${after.replaceAll('.', '\\.')}$`),
  );
  const unused = Object.keys(en).filter((key) => !source.includes(`'${key}'`) && !patterns.some((pattern) => pattern.test(key)));
  expect(unused).toEqual([]);
});
