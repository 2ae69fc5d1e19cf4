import type { components } from '../api/types.gen';

type Schemas = components['schemas'];

export type Camera = Schemas['CameraOut'];
export type CameraIn = Schemas['CameraIn'];
export type CameraWithKey = Schemas['CameraWithKey'];
export type Job = Schemas['JobOut'];
export type Invite = Schemas['InviteOut'];
export type InviteIn = Schemas['InviteIn'];
export type Role = Invite['role'];
export type Department = Schemas['DepartmentOut'];
export type Member = Schemas['MemberOut'];
export type Organisation = Schemas['OrganisationOut'];
export type OrganisationChange = Schemas['OrganisationChange'];
export type MemberChange = Schemas['MemberChange'];
export type Policy = Schemas['PolicyOut'];
export type PolicyName = Policy['policy'];
export type PolicyChanged = Schemas['PolicyChanged'];
export type Retention = Schemas['Retention'];
export type Thresholds = Schemas['Thresholds'];
export type Bounds = Schemas['Bounds'];
export type AuditEntry = Schemas['AuditOut'];

export const ROLES = ['employee', 'hr', 'admin'] as const satisfies readonly Role[];
