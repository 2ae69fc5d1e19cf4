import { type Language, localeTag } from '../i18n/language';
import { fill, type Vars } from '../i18n/t';
import { en, type HrKey, type HrMessages } from './texts/hr-en';

let messages: HrMessages = en;
let tongue: Language = 'en';

async function load(wanted: Language): Promise<HrMessages> {
  if (wanted === 'zh') return (await import('./texts/hr-zh')).zh;
  if (wanted === 'ko') return (await import('./texts/hr-ko')).ko;
  return en;
}

export const spoken = (): Language => tongue;

export async function speakHr(wanted: Language): Promise<void> {
  messages = await load(wanted);
  tongue = wanted;
}

/** The console's `t`. */
export const h = (key: HrKey, vars: Vars = {}): string => fill(messages[key], vars, localeTag());

/** For names that come from the server: what to say when there are no words for one. */
export const hOr = (key: string, otherwise: string): string => (key in messages ? h(key as HrKey) : otherwise);

export type { HrKey };
