import { ApiError, OfflineError } from '../api/errors';
import type { Key } from './en';
import { t } from './t';

/** Stable codes of the HTTP contract that deserve a sentence of their own. */
const BY_CODE: Readonly<Record<string, Key>> = {
  consent_missing: 'error.consent',
  policy_forbids: 'error.policy',
  case_moved: 'error.moved',
  case_open: 'error.case_open',
  nothing_to_confirm: 'error.moved',
  put_off_enough: 'today.later.over',
  gone_meanwhile: 'error.gone',
  invite_unknown: 'error.invite',
  password_wrong: 'error.credentials',
  reset_code_invalid: 'error.token',
};

const BY_STATUS: Readonly<Record<number, Key>> = {
  403: 'error.forbidden',
  404: 'error.gone',
  410: 'error.gone',
  413: 'error.photo_large',
  415: 'error.photo_type',
  422: 'error.invalid',
};

const BY_FIELD: Readonly<Record<string, Key>> = {
  phone: 'error.phone',
  password: 'error.password',
  new_password: 'error.password',
  email: 'error.email',
  username: 'error.username',
  invite_code: 'error.invite',
};

/** What happened, that nothing was lost, what to do: never a raw code. */
export function sayProblem(error: unknown): string {
  if (error instanceof OfflineError) return t('error.offline');
  if (!(error instanceof ApiError)) return t('error.server');
  const known = BY_CODE[error.code] ?? (error.code === 'already_taken' ? takenKey(error) : undefined);
  if (known) return t(known);
  if (error.status === 429) return t('error.slow', { n: error.retryAfter ?? 30 });
  return t(BY_STATUS[error.status] ?? 'error.server');
}

const takenKey = (error: ApiError): Key => ('email' in error.fields ? 'error.email_taken' : 'error.username_taken');

/** The sentence for each field that the server did not accept. */
export function sayFields(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  if (error.code === 'already_taken') return mapFields(error, () => t(takenKey(error)));
  return mapFields(error, (name) => t(BY_FIELD[name] ?? 'error.invalid'));
}

function mapFields(error: ApiError, say: (name: string) => string): Readonly<Record<string, string>> {
  const names = Object.keys(error.fields).filter((name) => name in BY_FIELD);
  return Object.fromEntries(names.map((name) => [name, say(name)]));
}
