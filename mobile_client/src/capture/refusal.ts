import type { Key } from '../i18n/en';
import { t } from '../i18n/t';
import type { Entry } from '../outbox/entry';

const OF_ANY: Readonly<Record<string, Key>> = {
  consent_missing: 'error.consent',
  policy_forbids: 'error.policy',
  captured_at_invalid: 'error.photo_time',
  not_found: 'error.gone', // erased before it was read, with the consent for it
};

const OF_A_PHOTO: Readonly<Record<string, Key>> = {
  too_large: 'error.photo_large',
  unsupported_format: 'error.photo_type',
};

/** Why a check-in was not accepted, and what helps. */
export function sayRefused({ problem, kind }: Pick<Entry, 'problem' | 'kind'>): string {
  const code = problem ?? '';
  return t(OF_ANY[code] ?? (kind === 'clip' ? 'clip.refused' : (OF_A_PHOTO[code] ?? 'abstained.other')));
}
