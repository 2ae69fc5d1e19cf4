import { useEffect, useState } from 'preact/hooks';
import { type Language, localeTag } from './language';
import { fill, useLanguage, type Vars } from './t';

type Messages<Key extends string> = Readonly<Record<Key, string>>;
type Others<Key extends string> = Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages<Key>>>>;

/** The words of pages that are a chunk of their own: English comes with them, another language when it is spoken. */
export function lazyWords<Key extends string>(en: Messages<Key>, others: Others<Key>) {
  let known: { tongue: Language; messages: Messages<Key> } = { tongue: 'en', messages: en };
  const say = (key: Key, vars: Vars = {}): string => fill(known.messages[key], vars, localeTag());
  return {
    say,
    /** For names that come from the server: what to say when there are no words for one. */
    sayOr: (key: string, otherwise: string): string => (key in known.messages ? say(key as Key) : otherwise),
    spoken: (): Language => known.tongue,
    speak: async (tongue: Language): Promise<void> => {
      known = { tongue, messages: tongue === 'en' ? en : await others[tongue]() };
    },
  };
}

/** Fetches the words of the language in use; `listen` tries again. */
export function useSpoken({ spoken, speak }: Pick<ReturnType<typeof lazyWords>, 'spoken' | 'speak'>) {
  const tongue = useLanguage();
  const [heard, setHeard] = useState<Language | null>(spoken() === tongue ? tongue : null);
  const [failed, setFailed] = useState(false);
  function listen(): void {
    setFailed(false);
    speak(tongue).then(
      () => setHeard(tongue),
      () => setFailed(true),
    );
  }
  useEffect(listen, [tongue]);
  return { ready: heard === tongue, failed, listen };
}
