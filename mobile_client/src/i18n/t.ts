import { createStore, useStore } from '../ui/store';
import { en, type Key, type Messages } from './en';
import { keepLanguage, language, languageStore, localeTag, type Language } from './language';

/** English travels with the app; the other languages are fetched (and precached) when chosen. */
const dictionary = createStore<Messages>(en);

async function load(tongue: Language): Promise<Messages> {
  if (tongue === 'zh') return (await import('./zh')).zh;
  if (tongue === 'ko') return (await import('./ko')).ko;
  return en;
}

export async function speak(tongue: Language): Promise<void> {
  const messages = await load(tongue);
  keepLanguage(tongue);
  dictionary.set(messages);
}

export type Vars = Readonly<Record<string, string | number>>;

/** Fills a message: pure, so that tests can check every language without a browser. */
export function fill(message: string, vars: Vars, tag: string): string {
  const forms = message.split('|');
  const plural = typeof vars.n === 'number' && new Intl.PluralRules(tag).select(vars.n) !== 'one';
  const chosen = (plural ? forms[1] : forms[0]) ?? message;
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = vars[name];
    return typeof value === 'number' ? new Intl.NumberFormat(tag).format(value) : (value ?? '');
  });
}

export function t(key: Key, vars: Vars = {}): string {
  return fill(dictionary.get()[key], vars, localeTag());
}

/** A key that is put together at run time (`abstained.${reason}`), with what to say when there is none. */
export function tOr(key: string, fallback: Key, vars: Vars = {}): string {
  return t(key in dictionary.get() ? (key as Key) : fallback, vars);
}

/** Re-renders whoever calls it when the language changes. */
export function useLanguage(): Language {
  useStore(dictionary);
  return useStore(languageStore);
}

export { language };
