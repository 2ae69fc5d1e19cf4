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
  zones: string[];
  lines: Line[];
}

export const CHECKED_ON: string = list.checked_on;
export const COUNTRIES = list.countries as unknown as Readonly<Record<string, Country>>;
export const ANYWHERE = list.anywhere as unknown as Country;

/** "119 / 110" are two numbers, ambulance first: a button dials one of them. */
export const emergencyNumbers = (here: Country): string[] => here.emergency.split(' / ');

export const linesFor = (country: string | null): Country => COUNTRIES[country ?? ''] ?? ANYWHERE;

/** Zones of the tz database that lie in the countries whose lines we know. */
const BY_ZONE = new Map(Object.entries(COUNTRIES).flatMap(([code, { zones }]) => zones.map((zone) => [zone, code] as const)));
const NOWHERE = /^(Etc\/|UTC$|GMT)/;

/** Where the phone's clock lives. Only a clock that names no place leaves it to the language's region: somebody whose
 * phone speaks British English in Prague is not helped by a British number. */
export function guessCountry(zone: string, tags: readonly string[]): string | null {
  if (!NOWHERE.test(zone)) return BY_ZONE.get(zone) ?? null;
  const regions = tags.map((tag) => tag.split('-').at(-1)?.toUpperCase() ?? '');
  return regions.find((region) => region in COUNTRIES) ?? null;
}

/** Only what can be dialled becomes a call; some entries are web addresses. */
export const dialable = (number: string): string | null => (/^[+*\d][\d\s()-]*$/.test(number) ? number.replace(/[^+*\d]/g, '') : null);
