import { QueryClient, useInfiniteQuery, useQuery } from '@tanstack/preact-query';
import { language } from '../i18n/language';
import { setZone, zone } from '../i18n/zone';
import { fetchJson } from './client';
import { ApiError, OfflineError } from './errors';
import type { ClipTimelineOut, ConsentState, ConsentTexts, CurrentRisk, DayHours, DayRange, NoticeOut, Page, Profile, ReadingOut } from './shapes';

/** A refusal stays a refusal; only what may pass by itself is asked again. */
function worthRetrying(count: number, error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 && count < 2;
  return !(error instanceof OfflineError) && count < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 30_000, networkMode: 'always' }, mutations: { networkMode: 'always' } },
});

async function fetchMe(): Promise<Profile> {
  const me = await fetchJson<Profile>('/me');
  setZone(me.timezone);
  return me;
}

export const ME = { queryKey: ['me'], queryFn: fetchMe, staleTime: 300_000 };

/** Changes the person's own data; everything that shows them, and the clock, follows. */
export async function changeMe(json: Readonly<Record<string, unknown>>): Promise<Profile> {
  const me = await fetchJson<Profile>('/me', { method: 'PATCH', json });
  queryClient.setQueryData(ME.queryKey, me);
  if (me.timezone !== zone()) {
    setZone(me.timezone);
    await queryClient.invalidateQueries({ queryKey: ['mood'] });
  }
  return me;
}

export const useMe = () => useQuery(ME);

export const useConsents = () =>
  useQuery({ queryKey: ['consents'], queryFn: () => fetchJson<ConsentState[]>('/me/consents') });

/** The words that a person agrees to are the server's: one text, with the version that a receipt names. */
export const useConsentTexts = () =>
  useQuery({
    queryKey: ['consent-texts', language()],
    queryFn: () => fetchJson<ConsentTexts>(`/consents/texts?locale=${language()}`),
    staleTime: 600_000,
  });

export const useReading = (id: string) =>
  useQuery({ queryKey: ['reading', id], queryFn: () => fetchJson<ReadingOut>(`/readings/${id}`) });

/** Of a reading that was made from a clip; it never changes. */
export const useTimeline = (id: string) =>
  useQuery({
    queryKey: ['timeline', id],
    queryFn: () => fetchJson<ClipTimelineOut>(`/readings/${id}/timeline`),
    staleTime: Infinity,
  });

/** A list of which the server gives a page at a time; each page names the next. */
export const usePages = <P extends Page<unknown>>(
  queryKey: readonly unknown[],
  path: string,
  asked: URLSearchParams | Readonly<Record<string, string>> = {},
  options: { staleTime?: number } = {},
) =>
  useInfiniteQuery({
    queryKey,
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const search = new URLSearchParams(asked);
      if (pageParam) search.set('cursor', pageParam);
      return fetchJson<P>(`${path}?${search}`);
    },
    getNextPageParam: (page) => page.next_cursor,
    ...options,
  });

export const useReadings = (from?: string, to?: string) =>
  usePages<Page<ReadingOut>>(['readings', from, to], '/readings', { ...(from && { from }), ...(to && { to }) });

export const useDay = (day: string) =>
  useQuery({ queryKey: ['mood', 'hours', day], queryFn: () => fetchJson<DayHours>(`/mood/hours?day=${day}`) });

export const useDays = (from: string, to: string) =>
  useQuery({
    queryKey: ['mood', 'days', from, to],
    queryFn: () => fetchJson<DayRange>(`/mood/days?from=${from}&to=${to}`),
  });

export const useRisk = () => useQuery({ queryKey: ['risk'], queryFn: () => fetchJson<CurrentRisk>('/risk/current') });

export const useNotices = () =>
  useQuery({ queryKey: ['notices'], queryFn: () => fetchJson<Page<NoticeOut>>('/notices'), refetchInterval: 120_000 });

/** What a new, changed or deleted reading touches. */
export function refreshMood(): void {
  for (const queryKey of [['mood'], ['readings'], ['reading'], ['risk'], ['notices'], ['cases']])
    void queryClient.invalidateQueries({ queryKey });
}
