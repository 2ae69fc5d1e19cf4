import { useState } from 'preact/hooks';
import { LANGUAGES, type Language } from '../i18n/language';
import { t, useLanguage } from '../i18n/t';
import { navigate } from '../router';
import { session } from '../session/session';
import { choose } from '../session/tongue';
import { Choices } from '../ui/Field';
import { Screen } from '../ui/Screen';
import { useStore } from '../ui/store';
import { Connection } from './Connection';
import { Erased } from './erased';
import { LogIn } from './LogIn';
import { Register } from './Register';
import { Reset } from './Reset';

export function LanguageChoice() {
  const options = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }));
  return (
    <Choices
      legend={t('welcome.language')}
      name="language"
      options={options}
      value={useLanguage()}
      onValue={(next) => void choose(next).catch(() => undefined)} // without a network it is told at the next start
    />
  );
}

export type Door = 'login' | 'register' | 'reset';

export default function Welcome({ first = 'login' }: { first?: Door }) {
  const [door, setDoor] = useState<Door>(first);
  const { phase } = useStore(session);
  return (
    <Screen title={t('app.name')}>
      <div class="stack welcome">
        {door === 'login' && (
          <header class="hero">
            <img src="/icons/mark.svg" width="72" height="72" alt="" />
            <h2>{t('welcome.title')}</h2>
            <p class="muted">{t('welcome.lead')}</p>
          </header>
        )}
        <Erased />
        {phase === 'expired' && (
          <p class="note" role="alert">
            {t('welcome.expired')}
          </p>
        )}
        {door === 'login' && <LogIn go={setDoor} />}
        {door === 'register' && <Register go={setDoor} />}
        {door === 'reset' && <Reset go={(next) => (first === 'reset' ? navigate('/', 'replace') : setDoor(next))} />}
        <LanguageChoice />
        <Connection />
        <p class="small muted">{t('welcome.notice')}</p>
      </div>
    </Screen>
  );
}
