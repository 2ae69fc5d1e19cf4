// One list for the bot, the mails and the app: bundled at build time, so it is there without a connection.
import list from '../../../bot/dialogue/content/helplines.json';
import type { Language } from '../i18n/language';

type Words = Record<Language, string>;

export interface Line {
  name: Words;
  number: string;
  hours: Words;
  source: string;
}

export interface Country {
  emergency: string;
  lines: Line[];
}

export const CHECKED_ON: string = list.checked_on;
export const COUNTRIES = list.countries as unknown as Readonly<Record<string, Country>>;
export const ANYWHERE = list.anywhere as unknown as Country;

export const linesFor = (country: string | null): Country => COUNTRIES[country ?? ''] ?? ANYWHERE;

const BY_ZONE: Readonly<Record<string, string>> = {
  'Asia/Seoul': 'KR', 'Asia/Shanghai': 'CN', 'Asia/Hong_Kong': 'HK', 'Asia/Taipei': 'TW', 'Asia/Singapore': 'SG',
  'Asia/Tokyo': 'JP', 'Asia/Manila': 'PH', 'Asia/Kolkata': 'IN', 'Asia/Calcutta': 'IN', 'Asia/Kuala_Lumpur': 'MY',
  'Europe/Berlin': 'DE', 'Europe/Vienna': 'AT', 'Europe/Zurich': 'CH', 'Europe/London': 'GB', 'Europe/Dublin': 'IE',
  'Europe/Paris': 'FR', 'Europe/Madrid': 'ES', 'Europe/Rome': 'IT', 'Europe/Amsterdam': 'NL', 'Europe/Brussels': 'BE',
  'Europe/Warsaw': 'PL', 'Europe/Stockholm': 'SE', 'Europe/Oslo': 'NO', 'Europe/Copenhagen': 'DK', 'Europe/Helsinki': 'FI',
  'America/New_York': 'US', 'America/Chicago': 'US', 'America/Denver': 'US', 'America/Los_Angeles': 'US',
  'America/Toronto': 'CA', 'America/Vancouver': 'CA', 'America/Mexico_City': 'MX', 'America/Sao_Paulo': 'BR',
  'Australia/Sydney': 'AU', 'Australia/Melbourne': 'AU', 'Pacific/Auckland': 'NZ', 'Africa/Johannesburg': 'ZA',
};

/** Where the phone's clock lives is the best guess without asking for a place; the language's region comes second. */
export function guessCountry(zone: string, tags: readonly string[]): string | null {
  const byZone = BY_ZONE[zone];
  if (byZone) return byZone;
  const regions = tags.map((tag) => tag.split('-').at(-1)?.toUpperCase() ?? '');
  return regions.find((region) => region in COUNTRIES) ?? null;
}

/** Only what can be dialled becomes a call; some entries are web addresses. */
export const dialable = (number: string): string | null => (/^[+\d][\d\s()/-]*$/.test(number) ? number.replace(/[^+\d]/g, '') : null);
