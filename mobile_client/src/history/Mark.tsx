import type { Standing } from './range';

/** Up, level, down, or an open ring while it is too early: readable without colour. */
const SHAPE: Record<Standing, string> = {
  above: 'M8 1l6 10H2z',
  usual: 'M2 4h12v4H2z',
  below: 'M8 11L2 1h12z',
  new: 'M8 2a4 4 0 1 0 0 8a4 4 0 0 0 0-8z',
};

export function Mark({ standing }: { standing: Standing }) {
  return (
    <svg class={`mark ${standing}`} viewBox="0 0 16 12" aria-hidden="true">
      <path d={SHAPE[standing]} />
    </svg>
  );
}
