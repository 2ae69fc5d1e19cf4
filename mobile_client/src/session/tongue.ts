import { changeMe, ME, queryClient } from '../api/queries';
import { isLanguage, language, type Language } from '../i18n/language';
import { speak } from '../i18n/t';
import { write } from '../outbox/database';
import { isUntold, setUntold } from './remember';
import { session } from './session';

/** The person's own choice, at the door as well: notes, mails and the bot follow. */
export async function choose(next: Language): Promise<void> {
  setUntold(true);
  await speak(next);
  if (session.get().phase === 'in') await agree();
}

/** At sign-in and at every start: what was chosen here goes to the server; else the app speaks the account's language, not the device's. */
export async function agree(): Promise<void> {
  const { locale } = await queryClient.fetchQuery(ME);
  if (isUntold()) await changeMe({ locale: language() });
  else if (!isLanguage(locale) || locale === language()) return;
  else await speak(locale);
  setUntold(false);
  await write('local', 'language', language()); // for pushes, which the service worker words
  await queryClient.invalidateQueries(); // what the server puts into words
}
