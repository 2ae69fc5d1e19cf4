import { lazyWords } from '../i18n/lazy';
import { en, type HrKey } from './texts/hr-en';

export const words = lazyWords(en, {
  zh: () => import('./texts/hr-zh').then((found) => found.zh),
  ko: () => import('./texts/hr-ko').then((found) => found.ko),
});

/** The console's `t`. */
export const { say: h, sayOr: hOr } = words;

export type { HrKey };
