import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../api/client';
import type { Agreement } from '../api/shapes';
import { language } from '../i18n/language';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { type Block, blocksOf } from './blocks';

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
                {blocksOf(agreement.text).map(drawn)}
                <p class="small muted">{t('me.version', { version: agreement.version })}</p>
              </article>
            ))}
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

function drawn(block: Block, index: number) {
  if (block.kind === 'heading') return <h3 key={index}>{block.lines[0]}</h3>;
  if (block.kind === 'text') return <p key={index}>{block.lines.join(' ')}</p>;
  return (
    <ul key={index} class="dashes stack-s">
      {block.lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
