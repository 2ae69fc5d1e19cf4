import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../api/client';
import type { Look, Page } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';

export default function Access() {
  const query = useQuery({ queryKey: ['access'], queryFn: () => fetchJson<Page<Look>>('/me/access-log') });
  return (
    <Screen title={t('me.access')} back="/me">
      <Loaded query={query}>
        {(data) =>
          data.items.length ? (
            <ul class="list">
              {data.items.map((look) => (
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
    </Screen>
  );
}
