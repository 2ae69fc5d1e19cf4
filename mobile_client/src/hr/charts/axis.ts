/** Round steps of an axis, and labels that keep clear of each other: pure, tested without a browser. */
const STEPS = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50];
const MOST_TICKS = 6;

export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Around the values, with zero always on it where the scale has one, never beyond the scale. */
export function axisFor(values: readonly number[], scale: { low: number; high: number }): Axis {
  const low = Math.min(0, ...values);
  const high = Math.max(scale.low < 0 ? 0 : scale.low, ...values);
  const span = high - low || (scale.high - scale.low) / 2;
  const step = STEPS.find((one) => span / one <= MOST_TICKS - 1) ?? 100;
  const from = Math.max(scale.low, Math.floor(round(low / step)) * step);
  const top = Math.min(scale.high, Math.ceil(round(high / step)) * step);
  const to = top > from ? top : Math.min(scale.high, from + 2 * step);
  const count = Math.round((to - from) / step);
  return { low: round(from), high: round(to), ticks: Array.from({ length: count + 1 }, (_, index) => round(from + index * step)) };
}

/** Every n-th of so many labels, so that each has its room; the last one, or the first, is always among them. */
export function everyNth(count: number, width: number, room: number, sure: 'first' | 'last' = 'last'): number[] {
  const step = Math.max(1, Math.ceil((count * room) / Math.max(width, 1)));
  return Array.from({ length: count }, (_, index) => index).filter((index) => (sure === 'first' ? index : count - 1 - index) % step === 0);
}

/** Label heights moved apart to at least `gap`, in their order, within the given limits. */
export function spread(heights: readonly number[], gap: number, limits: readonly [number, number]): number[] {
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  let floor = limits[0];
  for (const index of order) {
    placed[index] = Math.max(placed[index] ?? 0, floor);
    floor = (placed[index] ?? 0) + gap;
  }
  let ceiling = limits[1];
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling);
    ceiling = (placed[index] ?? 0) - gap;
  }
  return placed;
}

/** A label that is too long for a phone's margin, broken near its middle: at a space, or anywhere where there is none. */
export function twoLines(text: string): string[] {
  if (text.length <= (text.includes(' ') ? 12 : 6)) return [text];
  const middle = text.length / 2;
  const spaces = [...text].flatMap((sign, index) => (sign === ' ' ? [index] : []));
  if (!spaces.length) return [text.slice(0, Math.ceil(middle)), text.slice(Math.ceil(middle))];
  const at = spaces.reduce((best, one) => (Math.abs(one - middle) < Math.abs(best - middle) ? one : best));
  return [text.slice(0, at), text.slice(at + 1)];
}
