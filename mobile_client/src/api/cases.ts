import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from './client';
import type { Page } from './shapes';

/** What would be, or was, shared with HR; the person sees all of it. */
export interface CaseOut {
  id: string;
  number: number | null;
  level: 'low' | 'moderate' | 'high' | 'none';
  status: 'asked' | 'declined' | 'new' | 'acknowledged' | 'contacted' | 'resolved';
  shared: { reasons?: string[]; from?: string; to?: string } & Record<string, unknown>;
  opened_at: string;
  shared_at: string | null;
}

export const useCases = () => useQuery({ queryKey: ['cases'], queryFn: () => fetchJson<Page<CaseOut>>('/me/cases') });

export const answerCase = (id: string, answer: 'share' | 'decline'): Promise<CaseOut> =>
  fetchJson<CaseOut>(`/me/cases/${id}/${answer}`, { method: 'POST' });
