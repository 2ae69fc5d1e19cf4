import { EXPRESSIONS, type Expression } from '../emotions';

/** A result is a sentence first. Which words, decided without any language in it. */
export type Wording =
  | { key: 'reading.mostly'; first: Expression }
  | { key: 'reading.with'; first: Expression; second: Expression }
  | { key: 'reading.mixed'; first: Expression; second: Expression };

const WORDS = {
  clear: 0.4, // below, no single word would be honest: name both
  trace: 0.15, // below, a second expression is noise
  lead: 0.1, // closer than this, the order of the two could be chance
};

export function wordingOf(expression: Readonly<Record<string, number>>): Wording {
  const share = (name: Expression): number => expression[name] ?? 0;
  const ordered = [...EXPRESSIONS].sort((a, b) => share(b) - share(a));
  const [first, second] = ordered as [Expression, Expression];
  const lead = share(first) - share(second);
  if (share(first) < WORDS.clear || lead < WORDS.lead) return { key: 'reading.mixed', first, second };
  if (share(second) >= WORDS.trace) return { key: 'reading.with', first, second };
  return { key: 'reading.mostly', first };
}

export type Sureness = 'high' | 'mid' | 'low';

/** Calibrated probabilities: 0.75 means right three times out of four. */
export function surenessOf(confidence: number | null): Sureness {
  if (confidence === null || confidence < 0.5) return 'low';
  return confidence < 0.75 ? 'mid' : 'high';
}
