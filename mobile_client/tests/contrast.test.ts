import { describe, expect, test } from 'vitest';
import css from '../src/ui/tokens.css?raw';

/** The pair of colours of each token, read from the file that the app uses. */
const TOKENS = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map((found) => [
    found[1] as string,
    { light: found[2] as string, dark: found[3] as string },
  ]),
);

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function colour(name: string, theme: 'light' | 'dark'): string {
  const found = TOKENS.get(name);
  if (!found) throw new Error(`no token --${name}`);
  return found[theme];
}

const TEXT: [string, string][] = [
  ...['ground', 'surface', 'accent-soft', 'warm-soft', 'danger-soft'].map((on): [string, string] => ['ink', on]),
  ...['ground', 'surface'].flatMap((on): [string, string][] => [
    ['muted', on],
    ['accent', on],
    ['danger', on],
    ['good', on],
  ]),
  ['accent', 'accent-soft'],
  ['accent', 'warm-soft'],
  ['muted', 'accent-soft'],
  ['muted', 'warm-soft'],
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
  ['ground', 'ink'],
];

/** Shapes that carry meaning; happy's amber is left out on light: it always stands beside glyph, word and number. */
const SHAPES: [string, string][] = [
  ...['edge', 'accent', 'warm', 'surprise', 'neutral', 'sad', 'fear', 'angry', 'disgust', 'positive', 'negative', 'complex'].map(
    (name): [string, string] => [name, 'surface'],
  ),
  ['edge', 'ground'],
  ['accent', 'ground'],
];

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  test.each(TEXT)('text %s on %s has at least 4.5:1', (text, on) => {
    expect(ratio(colour(text, theme), colour(on, theme))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(SHAPES)('shape %s on %s has at least 3:1', (shape, on) => {
    expect(ratio(colour(shape, theme), colour(on, theme))).toBeGreaterThanOrEqual(3);
  });
});

test('the measure itself: black on white is 21:1', () => {
  expect(ratio('#000000', '#ffffff')).toBeCloseTo(21);
});
