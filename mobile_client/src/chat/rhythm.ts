/** Four in, two held, six out: a longer way out than in is what calms. */
export const RHYTHM = { in: 4, hold: 2, out: 6 } as const;
export const TOTAL_S = 120;

export type Phase = keyof typeof RHYTHM;
const CYCLE = RHYTHM.in + RHYTHM.hold + RHYTHM.out;

export function phaseAt(second: number): Phase {
  const within = second % CYCLE;
  if (within < RHYTHM.in) return 'in';
  return within < RHYTHM.in + RHYTHM.hold ? 'hold' : 'out';
}
