import type { components } from './types.gen';

/** What crosses the wire, by the names it has in the OpenAPI; `npm run types` writes types.gen.ts from it. */
type Schemas = components['schemas'];

export type Profile = Schemas['Profile'];
export type ConsentState = Schemas['ConsentState'];
export type Purpose = ConsentState['purpose'];
export type Sharing = NonNullable<ConsentState['sharing']>;
export type ReadingOut = Schemas['ReadingOut'];
export type SnapshotOut = Schemas['SnapshotOut'];
export type HourOut = Schemas['HourOut'];
export type DayHours = Schemas['DayHours'];
export type DayOut = Schemas['DayOut'];
export type DayRange = Schemas['DayRange'];
export type CurrentRisk = Schemas['CurrentRisk'];
export type NoticeOut = Schemas['NoticeOut'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
