import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from './client';
import type { MyCase } from './shapes';

/** The document that HR would see; what the policy keeps with the person is not in it. */
export interface Shared {
  person?: string;
  unit?: string | null;
  note?: string;
  because_text?: string;
  level?: 'none' | 'low' | 'moderate' | 'high';
  days?: { day: string; level: 'none' | 'low' | 'moderate' | 'high' }[];
  reasons?: string[];
  support?: { day: string; text: string; helpful: boolean | null }[];
  action_units?: { unit: string; name: string; share: number }[];
}

export const sharedIn = (one: MyCase): Shared => one.shared as Shared;

export const useCases = () => useQuery({ queryKey: ['cases'], queryFn: () => fetchJson<MyCase[]>('/me/cases') });

export const answerCase = (id: string, answer: 'share' | 'decline'): Promise<MyCase> =>
  fetchJson<MyCase>(`/me/cases/${id}/${answer}`, { method: 'POST' });

/** What HR would see of a case like this; nothing is kept. */
export const previewCase = async (note: string, includeLevels: boolean): Promise<Shared> =>
  (await fetchJson<{ shared: Shared }>('/me/cases/preview', { method: 'POST', json: { note, include_levels: includeLevels } })).shared;

export const openCase = (note: string, includeLevels: boolean): Promise<MyCase> =>
  fetchJson<MyCase>('/me/cases', { method: 'POST', json: { note, include_levels: includeLevels } });
