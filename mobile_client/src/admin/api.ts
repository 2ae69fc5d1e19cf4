import { useQuery } from '@tanstack/preact-query';
import { call, fetchJson } from '../api/client';
import { queryClient, usePages } from '../api/queries';
import type { Page } from '../api/shapes';
import type {
  AuditEntry,
  Camera,
  CameraIn,
  CameraWithKey,
  Department,
  Invite,
  InviteIn,
  Job,
  Member,
  MemberChange,
  Organisation,
  OrganisationChange,
  Policy,
  PolicyChanged,
  PolicyName,
  Retention,
  Thresholds,
} from './shapes';

type Subject = 'cameras' | 'jobs' | 'invites' | 'departments' | 'members' | 'organisation' | 'policy' | 'retention' | 'thresholds' | 'escalation' | 'audit';

const useSubject = <T>(subject: Subject, refetchInterval?: number) =>
  useQuery({ queryKey: ['admin', subject], queryFn: () => fetchJson<T>(`/admin/${subject}`), staleTime: 5_000, refetchInterval });

const useSubjectPages = <T>(subject: Subject) => usePages<Page<T>>(['admin', subject], `/admin/${subject}`);

/** Each act is in the audit log, and departments count members: all of it is looked at anew. */
async function act<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, json?: unknown): Promise<T> {
  const answer = await fetchJson<T>(`/admin/${path}`, { method, json });
  await queryClient.invalidateQueries({ queryKey: ['admin'] });
  return answer;
}

/** Heartbeats come every few seconds; a camera is away after two minutes. */
export const useCameras = () => useSubject<Camera[]>('cameras', 15_000);
export const createCamera = (wanted: CameraIn) => act<CameraWithKey>('POST', 'cameras', wanted);
export const renewKey = (id: string) => act<CameraWithKey>('POST', `cameras/${id}/key`);
export const revokeCamera = (id: string) => act<void>('DELETE', `cameras/${id}`);

/** What is printed on the sign, as elements: the server's page has styles of its own, which this page's policy refuses. */
export const useSign = (id: string, locale: string) =>
  useQuery({
    queryKey: ['admin', 'sign', id, locale],
    queryFn: async () => {
      const page = await (await call(`/admin/cameras/${id}/sign?locale=${locale}`)).text();
      const plain = page.replace(/<style>.*?<\/style>/s, '');
      return [...new DOMParser().parseFromString(plain, 'text/html').body.children];
    },
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });

export const useJobs = () => useSubject<Job[]>('jobs', 30_000);
export const retryJob = (id: number) => act<unknown>('POST', `jobs/${id}/retry`);
export const discardJob = (id: number) => act<void>('DELETE', `jobs/${id}`);

export const useInvites = () => useSubject<Invite[]>('invites');
export const createInvite = (wanted: InviteIn) => act<Invite>('POST', 'invites', wanted);
export const deleteInvite = (code: string) => act<void>('DELETE', `invites/${encodeURIComponent(code)}`);

export const useDepartments = () => useSubject<Department[]>('departments');
export const createDepartment = (name: string) => act<Department>('POST', 'departments', { name });
export const deleteDepartment = (id: string) => act<void>('DELETE', `departments/${id}`);

export const useMembers = () => useSubjectPages<Member>('members');
export const changeMember = (id: string, change: MemberChange) => act<Member>('PATCH', `members/${id}`, change);
export const removeMember = (id: string) => act<void>('DELETE', `members/${id}`);

export const useOrganisation = () => useSubject<Organisation>('organisation');
export const changeOrganisation = (change: OrganisationChange) => act<Organisation>('PATCH', 'organisation', change);

export const usePolicy = () => useSubject<Policy>('policy');
export const setPolicy = (policy: PolicyName) => act<PolicyChanged>('PUT', 'policy', { policy });

export const useThresholds = (subject: 'thresholds' | 'escalation') => useSubject<Thresholds>(subject);
export const setThresholds = (subject: 'thresholds' | 'escalation', values: Record<string, number>) =>
  act<Thresholds>('PUT', subject, { values });
export const useRetention = () => useSubject<Retention>('retention');
export const setRetention = (days: Record<string, number>) => act<Retention>('PUT', 'retention', { days });

export const useAudit = () => useSubjectPages<AuditEntry>('audit');
