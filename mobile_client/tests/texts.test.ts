import { describe, expect, test } from 'vitest';
import { en } from '../src/i18n/en';
import { ko } from '../src/i18n/ko';
import { fill } from '../src/i18n/t';
import { zh } from '../src/i18n/zh';

const keys = Object.keys(en) as (keyof typeof en)[];
const holes = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe.each(Object.entries({ zh, ko }))('%s', (_, other) => {
  test('has exactly the keys of English', () => {
    expect(Object.keys(other).sort()).toEqual([...keys].sort());
  });
  test('each text is there and keeps its places to fill', () => {
    const wrong = keys.filter((key) => !other[key].trim() || `${holes(other[key])}` !== `${holes(en[key])}`);
    expect(wrong).toEqual([]);
  });
});

test('translations are not left in English', () => {
  const same = keys.filter((key) => zh[key] === en[key] || ko[key] === en[key]);
  const names = /Evenkeel|Telegram/; // names stay as they are
  expect(same.filter((key) => !names.test(en[key]))).toEqual([]);
});

test('one and many', () => {
  expect(fill('{n} day|{n} days', { n: 1 }, 'en-GB')).toBe('1 day');
  expect(fill('{n} day|{n} days', { n: 3 }, 'en-GB')).toBe('3 days');
  expect(fill('{n} 天', { n: 1200 }, 'zh-CN')).toBe('1,200 天');
});

test('the voice: no exclamation marks, no diagnosis, no praise', () => {
  const texts = [...Object.values(en), ...Object.values(zh), ...Object.values(ko)];
  expect(texts.filter((text) => /[!！]|you are depressed|great job|streak/i.test(text))).toEqual([]);
});

/** A key that nobody uses is a text that nobody reads again. */
test('every text is used somewhere', () => {
  const files = import.meta.glob<string>('../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
  const source = Object.entries(files)
    .filter(([name]) => !/i18n\/(en|zh|ko)\.ts$/.test(name))
    .map(([, text]) => text)
    .join('\n');
  const patterns = [...source.matchAll(/`([\w.]+\.)\$\{[^}`]+\}([\w.]*)`/g)].map(
    ([, before = '', after = '']) => new RegExp(`^${before.replaceAll('.', '\\.')}[\\w-]+${after.replaceAll('.', '\\.')}$`),
  );
  const unused = keys.filter((key) => !source.includes(`'${key}'`) && !patterns.some((pattern) => pattern.test(key)));
  expect(unused).toEqual([]);
});
