import { useQuery } from '@tanstack/preact-query';
import { call, fetchJson } from '../api/client';
import { queryClient, useConsents } from '../api/queries';
import type { Counted, Page, PastConsent as Past } from '../api/shapes';
import { PurposeSwitch } from '../consent/Purpose';
import { inOrder } from '../consent/purposes';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { useSettled } from '../ui/settled';
import { toast } from '../ui/Toast';
import { saveFile } from './save';

export default function Consents() {
  return (
    <Screen title={t('me.consents')} back="/me">
      <div class="stack">
        <p class="muted">{t('consent.lead')}</p>
        <Loaded query={useConsents()}>
          {(states) => inOrder(states).map((state) => <PurposeSwitch key={state.purpose} state={state} />)}
        </Loaded>
        <Groups />
        <History />
      </div>
    </Screen>
  );
}

function Groups() {
  const query = useQuery({ queryKey: ['counted'], queryFn: () => fetchJson<Counted>('/me/insights') });
  const change = useSettled(async (counted: boolean) => {
    try {
      queryClient.setQueryData(['counted'], await fetchJson<Counted>('/me/insights', { method: 'PUT', json: { counted } }));
      toast(t('app.saved'));
    } catch (error) {
      toast(sayProblem(error));
    }
  });
  return (
    <Loaded query={query}>
      {({ counted }) => (
        <label class="card tick">
          <input type="checkbox" checked={counted} onChange={(event) => change(event.currentTarget.checked)} />
          <span>
            <span class="block">{t('consent.groups')}</span>
            <span class="small muted">{t('consent.groups.text')}</span>
          </span>
        </label>
      )}
    </Loaded>
  );
}

function History() {
  const query = useQuery({
    queryKey: ['consent-history'],
    queryFn: () => fetchJson<Page<Past>>('/me/consents/history'),
  });
  return (
    <details class="card">
      <summary>{t('consent.history')}</summary>
      <Loaded query={query}>
        {(data) => (
          <ul class="stack-s">
            {data.items.map((past) => (
              <Entry key={past.id} past={past} />
            ))}
          </ul>
        )}
      </Loaded>
    </details>
  );
}

function Entry({ past }: { past: Past }) {
  async function download(): Promise<void> {
    try {
      const answer = await call(`/me/receipts/${past.id}`);
      saveFile(await answer.blob(), `evenkeel-receipt-${past.purpose}.json`);
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  return (
    <li class="row between">
      <span>
        <span class="block">
          {t(`consent.${past.purpose}`)}: {t(past.granted ? 'consent.history.granted' : 'consent.history.withdrawn')}
        </span>
        <span class="small muted">{whenOf(past.created_at)}</span>
      </span>
      {past.receipt && (
        <button class="button" type="button" onClick={() => void download()}>
          {t('consent.receipt')}
        </button>
      )}
    </li>
  );
}
