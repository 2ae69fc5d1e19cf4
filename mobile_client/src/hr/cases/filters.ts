import { addDays } from '../../i18n/dates';
import { startOf } from '../../i18n/zone';
import { LEVELS, STATUSES, type Level, type Status } from '../shapes';

/** What the table is narrowed by; kept in the address, so that going back and a sent link show the same. */
export interface Filters {
  state: 'open' | 'all' | Status;
  level: Level | '';
  unit: string;
  assigned: string;
  overdue: boolean;
  from: string;
  to: string;
}

export const NOTHING: Filters = { state: 'open', level: '', unit: '', assigned: '', overdue: false, from: '', to: '' };
export const STATES = ['open', ...STATUSES, 'all'] as const;

/** A year that is still being typed begins with zeros; the calendar of a browser ends after the year 9999. */
const CENTURY = /^20\d\d-/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const day = (text: string | null): string => (text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : '');
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const id = (text: string | null, ...words: string[]): string => (text && (ID.test(text) || words.includes(text)) ? text : '');

export function read(search: URLSearchParams): Filters {
  return {
    state: STATES.find((name) => name === search.get('state')) ?? 'open',
    level: LEVELS.find((name) => name === search.get('level')) ?? '',
    unit: id(search.get('unit')),
    assigned: id(search.get('assigned'), 'me', 'nobody'),
    overdue: search.get('overdue') === '1',
    from: day(search.get('from')),
    to: day(search.get('to')),
  };
}

/** The address of a filtered table; what is as usual is left out. */
export function address(filters: Filters): string {
  const kept = Object.entries(filters).filter(([name, value]) => value && value !== NOTHING[name as keyof Filters]);
  const search = new URLSearchParams(kept.map(([name, value]) => [name, value === true ? '1' : `${value}`]));
  return `/hr${search.size ? `?${search}` : ''}`;
}

export const narrowed = (filters: Filters): boolean => address({ ...filters, state: 'open' }) !== '/hr';

/** The same in the API's words: days are the reader's own, an open case is one that HR owes something. */
export function query(filters: Filters): URLSearchParams {
  const asked = new URLSearchParams();
  const states = filters.state === 'open' ? STATUSES.slice(0, 3) : filters.state === 'all' ? [] : [filters.state];
  for (const status of states) asked.append('status', status);
  for (const name of ['level', 'unit', 'assigned'] as const) if (filters[name]) asked.set(name, filters[name]);
  if (filters.overdue) asked.set('overdue', 'true');
  if (CENTURY.test(filters.from)) asked.set('from', startOf(filters.from));
  if (CENTURY.test(filters.to)) asked.set('to', startOf(addDays(filters.to, 1)));
  return asked;
}
