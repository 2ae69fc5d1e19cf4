import { useCases } from '../api/cases';
import { dateOf } from '../i18n/dates';
import { t } from '../i18n/t';
import { CaseContent } from '../today/Share';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';

export default function Cases() {
  return (
    <Screen title={t('me.cases')} back="/me">
      <Loaded query={useCases()}>
        {(data) =>
          data.items.length ? (
            <ul class="stack">
              {data.items.map((one) => (
                <li key={one.id} class="card stack-s">
                  <h2 class="h3">{t(`me.case.${one.status}`)}</h2>
                  <p class="small muted">{dateOf(one.shared_at ?? one.opened_at)}</p>
                  <CaseContent shared={one} />
                </li>
              ))}
            </ul>
          ) : (
            <p class="empty">{t('me.cases.none')}</p>
          )
        }
      </Loaded>
    </Screen>
  );
}
