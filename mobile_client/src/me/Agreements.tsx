import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../api/client';
import type { Agreement } from '../api/shapes';
import { language } from '../i18n/language';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';

export default function Agreements() {
  const tongue = language();
  const query = useQuery({
    queryKey: ['agreements', tongue],
    queryFn: () => fetchJson<Agreement[]>(`/agreements?locale=${tongue}`),
  });
  return (
    <Screen title={t('me.agreements')} back="/me">
      <Loaded query={query}>
        {(agreements) => (
          <div class="stack">
            {agreements.map((agreement) => (
              <article key={agreement.kind} class="card stack-s">
                <h2>{agreement.title}</h2>
                {paragraphs(agreement.text)}
                <p class="small muted">{t('me.version', { version: agreement.version })}</p>
              </article>
            ))}
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

/** Plain paragraphs, with `## ` for a heading and `- ` for a point: all that the agreements use. */
function paragraphs(text: string) {
  return text.split(/\n{2,}/).map((block, index) => {
    if (block.startsWith('#')) return <h3 key={index}>{block.replace(/^#+\s*/, '')}</h3>;
    if (!block.startsWith('- ')) return <p key={index}>{block}</p>;
    return (
      <ul key={index} class="dashes stack-s">
        {block.split('\n').map((line) => (
          <li key={line}>{line.replace(/^- /, '')}</li>
        ))}
      </ul>
    );
  });
}
