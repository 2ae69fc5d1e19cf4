import type { ConsentState, Purpose } from '../api/shapes';

/** In the order in which they are asked: what the app is for first, what leaves the house last. */
export const PURPOSES: readonly Purpose[] = [
  'score_photos',
  'share_escalations',
  'email',
  'telegram',
  'office_camera',
  'demographics',
];

export function inOrder(states: readonly ConsentState[]): ConsentState[] {
  return PURPOSES.flatMap((purpose) => states.filter((state) => state.purpose === purpose));
}
