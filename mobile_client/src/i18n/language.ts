import { createStore } from '../ui/store';

export const LANGUAGES = { en: 'English', zh: '简体中文', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'evenkeel.language';

export function isLanguage(value: string | null | undefined): value is Language {
  return value != null && value in LANGUAGES;
}

function preferred(): Language {
  if (typeof localStorage === 'undefined') return 'en';
  const kept = localStorage.getItem(KEY);
  if (isLanguage(kept)) return kept;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return spoken ?? 'en';
}

export const languageStore = createStore<Language>(preferred());
export const language = (): Language => languageStore.get();

export function keepLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  languageStore.set(next);
}

/** BCP 47 tag for Intl. */
export const localeTag = (): string => ({ en: 'en-GB', zh: 'zh-CN', ko: 'ko-KR' })[language()];
