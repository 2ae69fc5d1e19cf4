import { expect, test } from 'vitest';
import { fitWithin, greyOf, hintFor, luminanceInOval, motionBetween } from '../src/capture/guide';

const flat = (value: number, size = 64 * 48): Uint8Array => new Uint8Array(size).fill(value);

test.each([
  [{ luminance: 30, motion: 3, faces: null }, 'dark'],
  [{ luminance: 240, motion: 3, faces: null }, 'bright'],
  [{ luminance: 120, motion: 40, faces: null }, 'still'],
  [{ luminance: 120, motion: 3, faces: null }, 'ready'],
  [{ luminance: 120, motion: 3, faces: [] }, 'noface'],
  [{ luminance: 120, motion: 3, faces: [{ width: 0.4 }, { width: 0.2 }] }, 'several'],
  [{ luminance: 120, motion: 3, faces: [{ width: 0.1 }] }, 'far'],
  [{ luminance: 120, motion: 40, faces: [{ width: 0.4 }] }, 'still'],
  [{ luminance: 30, motion: 40, faces: [] }, 'dark'], // light first: without it nothing else can be judged
] as const)('%j -> %s', (look, hint) => {
  expect(hintFor(look)).toBe(hint);
});

test('only the oval counts for the light: a bright window beside the face does not', () => {
  const picture = flat(40);
  for (let y = 0; y < 48; y += 1) for (let x = 0; x < 8; x += 1) picture[y * 64 + x] = 255;
  expect(luminanceInOval(picture, 64, 48)).toBeCloseTo(40);
});

test('the first look has nothing to compare with and asks to hold still', () => {
  expect(motionBetween(null, flat(10))).toBe(255);
  expect(motionBetween(flat(10), flat(10))).toBe(0);
  expect(motionBetween(flat(10), flat(25))).toBe(15);
});

test('grey weighs green most', () => {
  expect([...greyOf(new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255]))]).toEqual([76, 149, 29]);
});

test.each([
  [4000, 3000, 1280, 960],
  [3000, 4000, 960, 1280],
  [640, 480, 640, 480],
  [9000, 1, 1280, 1],
])('%i x %i fits as %i x %i', (width, height, wide, high) => {
  expect(fitWithin(width, height, 1280)).toEqual({ width: wide, height: high });
});
