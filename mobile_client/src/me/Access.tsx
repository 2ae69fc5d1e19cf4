import { usePages } from '../api/queries';
import type { Look, Page } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Screen } from '../ui/Screen';

export default function Access() {
  const query = usePages<Page<Look>>(['access'], '/me/access-log');
  return (
    <Screen title={t('me.access')} back="/me">
      <div class="stack">
        <Loaded query={query}>
          {({ pages }) =>
            pages[0]?.items.length ? (
              <ul class="list">
                {pages.flatMap((page) => page.items).map((look) => (
                  <li key={look.id} class="item">
                    <span class="grow">
                      <span class="block">
                        {look.actor}: {look.what}
                      </span>
                      {look.why && <span class="block">{look.why}</span>}
                      <span class="small muted">{whenOf(look.at)}</span>
                    </span>
                  </li>
                ))}
              </ul>
            ) : (
              <p class="empty">{t('me.access.none')}</p>
            )
          }
        </Loaded>
        <More pages={query} />
      </div>
    </Screen>
  );
}
