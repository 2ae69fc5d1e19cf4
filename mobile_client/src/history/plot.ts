/** Geometry of the charts: pure, so that gaps and bands are tested without a browser. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const FRAME: Frame = { width: 360, height: 220, left: 40, right: 10, top: 12, bottom: 28 };

export interface Scale {
  (value: number): number;
}

export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0] || 1;
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0]);
}

export interface Point {
  x: number;
  y: number;
}

/** A path for each run of neighbours: where a value is missing the line stops. Nothing is interpolated. */
export function segments(points: readonly (Point | null)[]): string[] {
  const paths: string[] = [];
  let current = '';
  for (const point of [...points, null]) {
    if (point) current += `${current ? 'L' : 'M'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
    else if (current) {
      paths.push(current);
      current = '';
    }
  }
  return paths.filter((path) => path.includes('L'));
}

/** Round limits around the values, so that the axis ends on tenths. */
export function limits(values: readonly number[], floor: number, ceiling: number): [number, number] {
  if (!values.length) return [floor, ceiling];
  const low = Math.floor(Math.min(...values) * 5) / 5;
  const high = Math.ceil(Math.max(...values) * 5) / 5;
  return [Math.max(floor, low), Math.min(ceiling, high === low ? low + 0.2 : high)];
}

/** Multiples of a round step inside the limits, so that zero has its line whatever the limits are. */
export function ticks([low, high]: readonly [number, number]): number[] {
  const step = high - low > 0.8 ? 4 : 2; // tenths: whole numbers add up exactly
  const first = Math.ceil(Math.round(low * 10) / step) * step;
  const count = Math.floor((Math.round(high * 10) - first) / step);
  return Array.from({ length: count + 1 }, (_, index) => (first + index * step) / 10);
}
