import { describe, expect, test } from 'vitest';
import { healthOf } from '../src/admin/health';
import { changedNames, readNumbers } from '../src/admin/numbers';
import { en } from '../src/admin/texts/admin-en';
import { ko } from '../src/admin/texts/admin-ko';
import { zh } from '../src/admin/texts/admin-zh';

describe('numbers within bounds', () => {
  const bounds = { days: { low: 1, high: 28 }, share: { low: 0.25, high: 1.5 } };
  test('bounds are inclusive; empty and nonsense are outside', () => {
    expect(readNumbers({ days: '28', share: '0.25' }, bounds)).toEqual({ values: { days: 28, share: 0.25 }, wrong: [] });
    for (const typed of ['', ' ', '0', '29', 'ten', '1,5']) expect(readNumbers({ days: typed }, bounds)).toEqual({ values: {}, wrong: ['days'] });
  });
  test('only what differs counts as changed', () => {
    expect(changedNames({ a: 1, b: 2 }, { a: 1, b: 3 })).toEqual(['b']);
  });
});

describe('what an agent says of itself', () => {
  test('nothing yet is nothing, not zeros', () => {
    expect(healthOf({})).toBeNull();
  });
  test('names of the wire, and neither gaps nor nonsense break the page', () => {
    const raw = { agent: '0.1.0', sources: [{ name: 'lobby', state: 'watching', frames_per_second: 2.04 }], readings: 7, buffered: 3, dropped: 1 };
    expect(healthOf(raw)).toEqual({ agent: '0.1.0', sources: [{ name: 'lobby', state: 'watching', rate: 2.04 }], readings: 7, waiting: 3, dropped: 1 });
    expect(healthOf({ readings: 'many', sources: 'lobby' })).toEqual({ agent: '', sources: [], readings: 0, waiting: 0, dropped: 0 });
  });
});

const keys = Object.keys(en) as (keyof typeof en)[];
const places = (text: string): string => [...new Set(text.match(/\{\w+\}/g))].sort().join();

describe.each(Object.entries({ zh, ko }))('words of the administrator’s pages in %s', (_, other) => {
  test('are all there, translated, with their places to fill', () => {
    expect(Object.keys(other).sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => other[key] === en[key] || !other[key].trim() || places(other[key]) !== places(en[key]))).toEqual([]);
  });
  test('keep the voice', () => {
    expect([...Object.values(en), ...Object.values(other)].filter((text) => /[!！]/.test(text))).toEqual([]);
  });
});

test('every word is used somewhere', () => {
  const files = import.meta.glob<string>('../src/admin/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
  const source = Object.entries(files).flatMap(([name, text]) => (name.includes('/texts/') ? [] : [text])).join('\n');
  // A key that is put together is known by its beginning or its end: `standing.${…}`, `${…}.lead`.
  const begun = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map((found) => found[1] ?? '');
  const ended = [...source.matchAll(/`\$\{\w+\}(\.\w+)`/g)].map((found) => found[1] ?? '');
  const composed = (key: string): boolean => begun.some((start) => key.startsWith(start)) || ended.some((end) => key.endsWith(end));
  expect(keys.filter((key) => !source.includes(`'${key}'`) && !composed(key))).toEqual([]);
});
