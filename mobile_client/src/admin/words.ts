import { lazyWords } from '../i18n/lazy';
import { en } from './texts/admin-en';

export const words = lazyWords(en, {
  zh: () => import('./texts/admin-zh').then((found) => found.zh),
  ko: () => import('./texts/admin-ko').then((found) => found.ko),
});

/** The `t` of the administrator's pages. */
export const { say: a, sayOr: aOr } = words;
