import { type Language, localeTag } from '../i18n/language';
import { fill, type Vars } from '../i18n/t';
import { type AdminKey, type AdminMessages, en } from './texts/admin-en';

const LOADERS: Readonly<Record<Language, () => Promise<AdminMessages>>> = {
  en: () => Promise.resolve(en),
  zh: () => import('./texts/admin-zh').then((found) => found.zh),
  ko: () => import('./texts/admin-ko').then((found) => found.ko),
};

let known: { tongue: Language; messages: AdminMessages } = { tongue: 'en', messages: en };

export const spoken = (): Language => known.tongue;

export async function speakAdmin(tongue: Language): Promise<void> {
  known = { tongue, messages: await LOADERS[tongue]() };
}

/** The `t` of the administrator's pages. */
export const a = (key: AdminKey, vars: Vars = {}): string => fill(known.messages[key], vars, localeTag());

/** For names that come from the server: what to say when there are no words for one. */
export const aOr = (key: string, otherwise: string): string => (key in known.messages ? a(key as AdminKey) : otherwise);
