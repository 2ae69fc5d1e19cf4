import { expect, test } from 'vitest';
import type { ClipTimelineOut } from '../src/api/shapes';
import { clipKind } from '../src/capture/record';
import { EXPRESSIONS, type Expression } from '../src/emotions';
import { leading } from '../src/reading/Timeline';

const row = (shares: Partial<Record<Expression, number>>): number[] => EXPRESSIONS.map((name) => shares[name] ?? 0);

function clip(expression: (number[] | null)[]): ClipTimelineOut {
  const timeline = { seconds: expression.map((_, index) => index / 10), expressions: [...EXPRESSIONS], expression, abstained: [], units: null, intensity: null };
  return { seconds: 4, frames: expression.length, frames_read: expression.length, rate: 10, shows_micro: false, phases: [], brief: [], timeline };
}

test('the chart shows what led somewhere, strongest first, and leaves out what never did', () => {
  const seen = clip([row({ neutral: 0.7, happy: 0.2 }), null, row({ happy: 0.9, neutral: 0.1 }), row({ sad: 0.24 })]);
  expect(leading(seen)).toEqual(['happy', 'neutral']);
});

test('at most four lines at once', () => {
  const shares = { happy: 0.9, sad: 0.8, angry: 0.7, disgust: 0.6, fear: 0.5 };
  const one = (name: Expression): number[] => row({ [name]: shares[name as keyof typeof shares] ?? 0 });
  expect(leading(clip(EXPRESSIONS.map(one)))).toEqual(['happy', 'sad', 'angry', 'disgust']);
});

test('a clip in which nothing was read has no lines', () => {
  expect(leading(clip([null, null]))).toEqual([]);
});

test('without a recorder in the browser there is no clip to offer', () => {
  expect(clipKind()).toBeNull();
});
