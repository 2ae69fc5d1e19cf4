import type { Expression } from '../emotions';

/** What crosses the wire, by the names it has in the OpenAPI. */
export interface Profile {
  id: string;
  username: string;
  display_name: string;
  phone: string;
  email: string | null;
  role: 'employee' | 'hr' | 'admin';
  locale: string;
  timezone: string;
  organisation: string;
  department: string | null;
  policy: 'eu-workplace' | 'consented';
}

export type Purpose = 'score_photos' | 'office_camera' | 'demographics' | 'share_escalations' | 'telegram' | 'email';
export type Sharing = 'never' | 'ask' | 'automatic';

export interface ConsentState {
  purpose: Purpose;
  granted: boolean;
  sharing?: Sharing | null;
  text_version: string;
  changed_at: string | null;
  expires_at: string | null;
}

export interface ReadingOut {
  id: string;
  captured_at: string;
  source: string;
  expression: Record<Expression, number> | null;
  vector: number[] | null;
  top: Expression | null;
  confidence: number | null;
  abstained: string | null;
  advice?: string | null;
  quality: Record<string, unknown>;
  action_units?: Record<string, unknown> | null;
  model: { name: string; version: string };
  agrees?: boolean | null;
  felt?: string | null;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface SnapshotOut {
  id: string;
  status: 'accepted' | 'read' | 'rejected';
  reading?: ReadingOut | null;
  problem?: { code: string; detail: string } | null;
}

export interface HourOut {
  hour: string;
  readings: number;
  vector: number[];
}

export interface DayHours {
  day: string;
  timezone: string;
  hours: HourOut[];
}

export interface DayOut {
  day: string;
  hours: number;
  readings: number;
  vector: number[];
}

export interface DayRange {
  start: string;
  end: string;
  days: DayOut[];
  usual_low: number[] | null;
  usual_high: number[] | null;
}

export interface AssessmentOut {
  day: string;
  level: 'none' | 'low' | 'moderate' | 'high';
  learning: boolean;
  reasons: { code: string; sentence: string }[];
}

export interface CurrentRisk {
  assessment: AssessmentOut | null;
  not_a_diagnosis: string;
}

export interface NoticeOut {
  id: string;
  kind: string;
  title: string;
  text: string;
  created_at: string;
  helpful: boolean | null;
  facts: Record<string, unknown>;
}
