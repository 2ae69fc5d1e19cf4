import { useEffect, useRef, useState } from 'preact/hooks';
import { LANGUAGES, type Language, language } from '../../i18n/language';
import { Choices } from '../../ui/Field';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { useSign } from '../api';
import { a } from '../words';

const OPTIONS = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }));

/** The sign to hang beside a camera; on paper nothing else of the page is left. */
export default function Sign({ id }: { id: string }) {
  const [locale, setLocale] = useState<Language>(language());
  return (
    <Screen title={a('sign.title')} back="/admin">
      <div class="stack reading-width">
        <div class="stack-s off-paper">
          <p class="muted">{a('sign.lead')}</p>
          <Choices legend={a('sign.language')} name="sign" options={OPTIONS} value={locale} onValue={setLocale} />
          <div>
            <button class="button primary" type="button" onClick={() => print()}>
              {a('sign.print')}
            </button>
          </div>
        </div>
        <Loaded query={useSign(id, locale)}>{(parts) => <Paper parts={parts} locale={locale} />}</Loaded>
      </div>
    </Screen>
  );
}

function Paper({ parts, locale }: { parts: readonly Element[]; locale: Language }) {
  const paper = useRef<HTMLElement>(null);
  useEffect(() => paper.current?.replaceChildren(...parts.map((part) => levelled(part))), [parts]);
  return <section ref={paper} class="card sign" lang={locale} aria-label={a('sign.title')} />;
}

/** The screen has its own first heading. */
function levelled(part: Element): Element {
  if (part.tagName !== 'H1') return document.importNode(part, true);
  const heading = document.createElement('h2');
  heading.textContent = part.textContent;
  return heading;
}
