import type { components } from './types.gen';

/** What crosses the wire, by the names it has in the OpenAPI; `npm run types` writes types.gen.ts from it. */
type Schemas = components['schemas'];

export type Profile = Schemas['Profile'];
export type ConsentState = Schemas['ConsentState'];
export type Purpose = ConsentState['purpose'];
export type Sharing = NonNullable<ConsentState['sharing']>;
export type ReadingOut = Schemas['ReadingOut'];
export type SnapshotOut = Schemas['SnapshotOut'];
export type ClipTimelineOut = Schemas['ClipTimelineOut'];
export type HourOut = Schemas['HourOut'];
export type DayHours = Schemas['DayHours'];
export type DayOut = Schemas['DayOut'];
export type DayRange = Schemas['DayRange'];
export type CurrentRisk = Schemas['CurrentRisk'];
export type NoticeOut = Schemas['NoticeOut'];
export type ConsentTexts = Schemas['ConsentTexts'];
export type PastConsent = Schemas['PastConsent'];
export type Counted = Schemas['Counted'];
export type Agreement = Schemas['Agreement'];
export type Look = Schemas['Look'];
export type SignIn = Schemas['SignIn'];
export type FaceTemplateOut = Schemas['FaceTemplateOut'];
export type EnrolmentOut = Schemas['EnrolmentOut'];
export type PreferencesOut = Schemas['PreferencesOut'];
export type InstrumentOut = Schemas['InstrumentOut'];
export type ReportOut = Schemas['ReportOut'];
export type AgreementOut = Schemas['AgreementOut'];
export type MyCase = Schemas['MyCase'];
export type Answer = Schemas['Answer'];
export type MessageOut = Schemas['MessageOut'];
export type ChatSettingsOut = Schemas['ChatSettingsOut'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
