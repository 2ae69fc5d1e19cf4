import { dateOf } from '../i18n/dates';
import { startOf } from '../i18n/zone';

/** A calendar day with its year; a bare date is midnight in Greenwich, which is still the day before in America. */
export const dayName = (day: string): string => dateOf(startOf(day));
