import type { Bounds } from './shapes';

/** What was typed into the fields of a form of numbers: the numbers, or the names of those that are outside their bounds. */
export interface Typed {
  values: Record<string, number>;
  wrong: string[];
}

export function readNumbers(typed: Readonly<Record<string, string>>, bounds: Readonly<Record<string, Bounds>>): Typed {
  const found: Typed = { values: {}, wrong: [] };
  for (const [name, text] of Object.entries(typed)) {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const { low, high } = bounds[name] ?? { low: -Infinity, high: Infinity };
    if (value >= low && value <= high) found.values[name] = value;
    else found.wrong.push(name);
  }
  return found;
}

export const changedNames = (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): string[] =>
  Object.keys(after).filter((name) => after[name] !== before[name]);
