import type { Status } from '../shapes';

/** As the server has it: one step at a time, and somebody who called at once may skip the first. */
export type Step = 'acknowledge' | 'contact' | 'resolve';
export type Action = Step | 'note';

const NEXT: Readonly<Record<Status, readonly Step[]>> = {
  new: ['acknowledge', 'contact'],
  acknowledged: ['contact', 'resolve'],
  contacted: ['resolve'],
  resolved: [],
};

/** The suggested one first. */
export const stepsFrom = (status: Status): readonly Step[] => NEXT[status];

/** What can still be done with words that were written for a step which somebody else has taken meanwhile. */
export const stillPossible = (action: Action, status: Status): Action =>
  action !== 'note' && stepsFrom(status).includes(action) ? action : 'note';
