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

/** The European workplace policy has no cameras and shows no face-derived data to HR. */
const CLOSED: Readonly<Record<string, readonly Purpose[]>> = { 'eu-workplace': ['office_camera', 'demographics'] };

export const closedBy = (policy: string | undefined, purpose: Purpose): boolean =>
  CLOSED[policy ?? '']?.includes(purpose) ?? false;

export function inOrder(states: readonly ConsentState[]): ConsentState[] {
  return PURPOSES.flatMap((purpose) => states.filter((state) => state.purpose === purpose));
}
