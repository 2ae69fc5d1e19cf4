import type { ReadingOut } from '../api/shapes';
import { t, tOr } from '../i18n/t';
import { wordingOf } from './sentence';

/** The reading as a sentence in the person's language. */
export function sentenceFor(reading: ReadingOut): string {
  if (reading.abstained || !reading.expression) return tOr(`abstained.${reading.abstained}`, 'abstained.other');
  const wording = wordingOf(reading.expression);
  const second = 'second' in wording ? t(`adj.${wording.second}`) : '';
  return t(wording.key, { first: t(`adj.${wording.first}`), second });
}
