import { useQuery } from '@tanstack/preact-query';
import { dayOf } from '../i18n/dates';
import { language } from '../i18n/language';
import { fetchJson } from './client';
import type { AgreementOut, InstrumentOut, Page, ReportOut } from './shapes';

export const useInstruments = () =>
  useQuery({
    queryKey: ['instruments', language()],
    queryFn: () => fetchJson<InstrumentOut[]>('/selfreports/instruments'),
    staleTime: 600_000,
  });

export const submitReport = (instrument: string, answers: number[]): Promise<ReportOut> =>
  fetchJson<ReportOut>('/selfreports', { method: 'POST', json: { instrument, answers } });

/** How often the reading matched what the person said. */
export const useAgreement = () =>
  useQuery({ queryKey: ['agreement'], queryFn: () => fetchJson<AgreementOut>('/selfreports/agreement') });

/** What a person said, on the charts' scale: 0 very low, 1 very good. */
export interface Said {
  id: string;
  day: string;
  share: number;
  text: string;
}

/** Mood and WHO-5 say how somebody feels; the others count symptoms and stay in their own list. */
function shareOf(report: ReportOut): number | null {
  if (report.instrument === 'mood') return (report.score - 1) / 4;
  return report.instrument === 'who5' ? report.score / 100 : null;
}

export function said(reports: readonly ReportOut[], from: string): Said[] {
  return reports.flatMap((report): Said[] => {
    const share = shareOf(report);
    const day = dayOf(new Date(report.created_at));
    return share === null || day < from ? [] : [{ id: report.id, day, share, text: `${report.score}/${report.maximum}` }];
  });
}

type Load = (cursor: string) => Promise<Page<ReportOut>>;

/** Every page back to that day: two moods a day fill one in fifty days. */
export async function reportsSince(from: string, load: Load): Promise<ReportOut[]> {
  const { items, next_cursor } = await load('');
  for (let cursor = next_cursor; cursor && reaches(items.at(-1), from); ) {
    const page = await load(cursor);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

const reaches = (oldest: ReportOut | undefined, from: string): boolean => oldest !== undefined && dayOf(new Date(oldest.created_at)) >= from;

const load: Load = (cursor) => fetchJson(`/selfreports?${new URLSearchParams({ limit: '200', ...(cursor && { cursor }) })}`);

/** Newest first; without a day everything. */
export const useReports = (from = '') => useQuery({ queryKey: ['selfreports', from], queryFn: () => reportsSince(from, load) });

export function useSaid(from: string) {
  const query = useReports(from);
  return { data: said(query.data ?? [], from), isPending: query.isPending };
}
