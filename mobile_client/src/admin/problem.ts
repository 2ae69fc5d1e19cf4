import { ApiError } from '../api/errors';
import { sayProblem } from '../i18n/problem';
import { toast } from '../ui/Toast';
import type { AdminKey } from './texts/admin-en';
import { a } from './words';

/** Codes that mean something else here than in the phone app. */
const BY_CODE: Readonly<Record<string, AdminKey>> = {
  already_taken: 'error.department_taken',
  organisation_taken: 'error.organisation_taken',
  last_admin: 'error.last_admin',
  policy_forbids: 'error.policy',
};

export function sayAdminProblem(error: unknown): string {
  const key = error instanceof ApiError ? BY_CODE[error.code] : undefined;
  return key ? a(key) : sayProblem(error);
}

/** Does it, says so, or says why not; true when it was done. */
export async function attempt(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    toast(sayAdminProblem(error));
    return false;
  }
  toast(done);
  return true;
}
