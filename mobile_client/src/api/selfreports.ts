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

export const useSelfReports = () =>
  useQuery({ queryKey: ['selfreports'], queryFn: () => fetchJson<Page<ReportOut>>('/selfreports') });

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

function said(reports: readonly ReportOut[], from: string): Said[] {
  return reports.flatMap((report): Said[] => {
    const share = shareOf(report);
    const day = dayOf(new Date(report.created_at));
    return share === null || day < from ? [] : [{ id: report.id, day, share, text: `${report.score}/${report.maximum}` }];
  });
}

export function useSaid(from: string) {
  const query = useSelfReports();
  return { data: query.data && said(query.data.items, from) };
}
