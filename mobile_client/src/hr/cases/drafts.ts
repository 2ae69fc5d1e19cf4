import { session } from '../../session/session';
import type { Action } from './steps';

/** Words about a case that are not saved yet. */
export interface Draft {
  /** The step that they were begun for, while its dialog is open. */
  doing: Action | null;
  note: string;
  due: string;
}

const NOTHING: Draft = { doing: null, note: '', due: '' };
const kept = new Map<string, Draft>();
let owner: string | undefined;

// In memory alone: a sign-in that ran out must not cost the words, and a log-out must leave none behind.
session.subscribe(() => {
  if (session.get().phase === 'out') kept.clear();
});

/** What is left of the words about a case; somebody else who signs in here finds none. */
export function draftOf(me: string, id: string): Draft {
  if (owner !== me) kept.clear();
  owner = me;
  return kept.get(id) ?? NOTHING;
}

export function keep(id: string, change: Partial<Draft>): void {
  kept.set(id, { ...(kept.get(id) ?? NOTHING), ...change });
}

export function forget(id: string): void {
  kept.delete(id);
}

/** The browser asks before a page with unsaved words is left. */
export function warn(event: Event): void {
  event.preventDefault();
}
