import { useEffect, useState } from 'preact/hooks';
import { dateOf, noon } from '../i18n/dates';
import { language } from '../i18n/language';
import { t } from '../i18n/t';
import { deviceZone } from '../i18n/zone';
import { kioskKey } from '../kiosk/key';
import { readOne, write } from '../outbox/database';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Screen } from '../ui/Screen';
import { CountryField } from './CountryField';
import { CHECKED_ON, dialable, emergencyNumbers, guessCountry, type Line, linesFor } from './helplines';
import { Plan } from './Plan';

const guessed = (): string | null =>
  guessCountry(deviceZone(), navigator.languages);

/** Works signed out and offline: everything here is part of the app or kept on the phone. */
export default function Help() {
  const [country, setCountry] = useState<string | null>(guessed);
  const [shared, setShared] = useState(false);
  useEffect(() => {
    void kioskKey().then((key) => setShared(key !== null));
    void readOne<string>('local', 'country').then((kept) => kept !== undefined && setCountry(kept || null));
  }, []);
  const here = linesFor(country);
  function choose(next: string): void {
    setCountry(next || null);
    void write('local', 'country', next);
  }
  return (
    <Screen title={t('help.title')} back="/today" help={false}>
      <div class="stack">
        <div class="note warm">
          <div class="grow stack-s">
            <p>{t('help.lead')}</p>
            {emergencyNumbers(here).map((number) => (
              <a key={number} class="button primary danger big" href={`tel:${number}`}>
                {t('help.call', { number })}
              </a>
            ))}
          </div>
        </div>
        <section class="stack-s">
          <h2>{t('help.lines')}</h2>
          <ul class="list">
            {here.lines.map((line) => (
              <Helpline key={line.number} line={line} />
            ))}
          </ul>
          <CountryField value={country ?? ''} onValue={choose} />
          <p class="small muted">{t('help.checked', { date: dateOf(noon(CHECKED_ON).toISOString()) })}</p>
        </section>
        <section class="stack-s">
          <h2>{t('help.ground')}</h2>
          <div class="choices">
            <Link class="choice" to="/chat/breathe">
              {t('breathe.title')}
            </Link>
            <Link class="choice" to="/chat/ground">
              {t('chat.ground')}
            </Link>
          </div>
        </section>
        {!shared && <Plan />}
        <p class="small muted">{t('help.notemergency')}</p>
      </div>
    </Screen>
  );
}

function Helpline({ line }: { line: Line }) {
  const call = dialable(line.number);
  return (
    <li class="item">
      <span class="grow">
        <span class="block">{line.name[language()]}</span>
        <span class="small muted">{line.hours[language()]}</span>
      </span>
      <a class="button" href={call ? `tel:${call}` : line.source} {...(call ? {} : { target: '_blank', rel: 'noreferrer' })}>
        {call ? line.number : t('help.website')}
        {!call && <Icon name="next" />}
      </a>
    </li>
  );
}
