import type { components } from '../api/types.gen';

type Schemas = components['schemas'];

export type Row = Schemas['EscalationRow'];
export type CasePage = Schemas['EscalationPage'];
export type Case = Schemas['Escalation'];
export type CaseReport = Schemas['CaseReport'];
export type CaseEvent = Schemas['CaseEventOut'];
export type Choices = Schemas['EscalationChoices'];
export type Counts = Schemas['Counts'];
export type Status = Row['status'];
export type Level = NonNullable<Row['level']>;
export type LevelDay = Schemas['LevelDay'];
export type SupportOffered = Schemas['SupportOffered'];

export type InsightPage = Schemas['InsightPage'];
export type View = InsightPage['view'];
export type Figure = Schemas['FigureOut'];
export type WeekFigures = Schemas['WeekFigures'];
export type Overview = Schemas['Overview'];
export type ScopeFigures = Schemas['ScopeFigures'];
export type Unit = Schemas['ScaleOut']['unit'];
export type Asked = Schemas['QueryOut'];

export type Alert = Schemas['AlertOut'];
export type AlertList = Schemas['AlertList'];
export type AlertIn = Schemas['AlertIn'];
export type Measure = Alert['measure'];
export type InsightMessages = Schemas['Messages'];

export type Quality = Schemas['Quality'];
export type ModelCard = Schemas['ModelCard'];
export type Against = Schemas['Against'];
export type FalseAlerts = Schemas['FalseAlerts'];
export type Detector = Schemas['Detector'];

export const STATUSES = ['new', 'acknowledged', 'contacted', 'resolved'] as const satisfies readonly Status[];
export const LEVELS = ['none', 'low', 'moderate', 'high'] as const satisfies readonly Level[];
