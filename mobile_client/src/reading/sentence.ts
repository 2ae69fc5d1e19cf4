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

export function wordingOf(expression: Readonly<Record<Expression, number>>): Wording {
  const ordered = [...EXPRESSIONS].sort((a, b) => expression[b] - expression[a]);
  const [first, second] = ordered as [Expression, Expression];
  const lead = expression[first] - expression[second];
  if (expression[first] < WORDS.clear || lead < WORDS.lead) return { key: 'reading.mixed', first, second };
  if (expression[second] >= WORDS.trace) return { key: 'reading.with', first, second };
  return { key: 'reading.mostly', first };
}

export type Sureness = 'high' | 'mid' | 'low';

/** Calibrated probabilities: 0.75 means right three times out of four. */
export function surenessOf(confidence: number | null): Sureness {
  if (confidence === null || confidence < 0.5) return 'low';
  return confidence < 0.75 ? 'mid' : 'high';
}
