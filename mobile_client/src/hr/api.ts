import { useQuery } from '@tanstack/preact-query';
import { call, fetchJson } from '../api/client';
import { ApiError } from '../api/errors';
import { queryClient, usePages } from '../api/queries';
import type { Page } from '../api/shapes';
import { language } from '../i18n/language';
import { saveFile } from '../me/save';
import type { Action } from './cases/steps';
import type { Alert, AlertIn, AlertList, Asked, Case, CasePage, CaseReport, Choices, InsightMessages, InsightPage, Overview, Quality, View } from './shapes';

// Words of the server come in the reader's language, so the language is part of each key.
const key = (...parts: unknown[]): unknown[] => ['hr', ...parts, language()];

export const useCasePages = (query: URLSearchParams) =>
  usePages<CasePage>(['hr', 'cases', `${query}`], '/hr/escalations', query);

export const useChoices = () =>
  useQuery({ queryKey: ['hr', 'cases', 'choices'], queryFn: () => fetchJson<Choices>('/hr/escalations/choices') });

const reportKey = (id: string): unknown[] => key('report', id);

/** Opening it is written into the person's log, so it is loaded when it is opened or has changed, never just in case. */
export const useReport = (id: string) =>
  useQuery({
    queryKey: reportKey(id),
    queryFn: () => fetchJson<CaseReport>(`/hr/escalations/${id}/report?locale=${language()}`),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const reloadReport = (id: string): Promise<void> => queryClient.invalidateQueries({ queryKey: reportKey(id) });

/** Evenkeel says so itself: a gateway's 404 in the middle of an update takes no case away, and no words about it. */
export const isGone = (error: unknown): boolean => error instanceof ApiError && error.code === 'not_found';

/** The answer to a step is the case as it is now: no second look is needed to show it. */
export async function change(id: string, action: Action | 'assign', body: object): Promise<Case> {
  const moved = await fetchJson<Case>(`/hr/escalations/${id}/${action}`, { method: 'POST', json: body });
  const { shared: _, ...known } = moved;
  queryClient.setQueryData<CaseReport>(reportKey(id), (before) => before && { ...before, ...known });
  void queryClient.invalidateQueries({ queryKey: ['hr', 'cases'] });
  return moved;
}

export async function download(path: string, name: string): Promise<void> {
  saveFile(await (await call(path)).blob(), name);
}

export const useOverview = () => useQuery({ queryKey: key('overview'), queryFn: () => fetchJson<Overview>('/hr/insights') });

/** What a page of figures is asked by. */
export interface Wanted {
  department: string;
  from: string;
  to: string;
}

export function asked({ department, from, to }: Wanted): string {
  return `${new URLSearchParams({ ...(department && { department }), from, to })}`;
}

export const useInsights = (view: View, wanted: Wanted) =>
  useQuery({
    queryKey: key('insights', view, asked(wanted)),
    queryFn: () => fetchJson<InsightPage>(`/hr/insights/${view}?${asked(wanted)}`),
    staleTime: 600_000, // published weeks never change, and each question is counted
  });

export const useQueryLog = () =>
  usePages<Page<Asked>>(key('queries'), '/hr/insights/queries', { limit: '20' }, { staleTime: 0 });

export const useAlerts = () => useQuery({ queryKey: key('alerts'), queryFn: () => fetchJson<AlertList>('/hr/insights/alerts') });

const alertsChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['hr', 'alerts'] });

export async function addAlert(wanted: AlertIn): Promise<void> {
  await fetchJson<Alert>('/hr/insights/alerts', { method: 'POST', json: wanted });
  await alertsChanged();
}

export async function removeAlert(id: string): Promise<void> {
  await fetchJson(`/hr/insights/alerts/${id}`, { method: 'DELETE' });
  await alertsChanged();
}

export const useMessages = () =>
  useQuery({ queryKey: ['hr', 'messages'], queryFn: () => fetchJson<InsightMessages>('/hr/insights/messages') });

export async function setMessages(wanted: InsightMessages): Promise<void> {
  queryClient.setQueryData(['hr', 'messages'], await fetchJson<InsightMessages>('/hr/insights/messages', { method: 'PUT', json: wanted }));
}

export const useQuality = () =>
  useQuery({ queryKey: key('quality'), queryFn: () => fetchJson<Quality>(`/hr/quality?locale=${language()}`), staleTime: 3_600_000 });
