import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../api/client';
import { ME, queryClient, useConsents } from '../api/queries';
import type { PreferencesOut as Preferences } from '../api/shapes';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { PurposeSwitch } from '../consent/Purpose';
import { Choices } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { useSettled } from '../ui/settled';
import { toast } from '../ui/Toast';
import { Push } from './Push';
import { Telegram } from './Telegram';

export default function Channels() {
  const query = useQuery({ queryKey: ['preferences'], queryFn: () => fetchJson<Preferences>('/me/notifications') });
  return (
    <Screen title={t('me.channels')} back="/me">
      <div class="stack">
        <Loaded query={query}>{(preferences) => <Quiet preferences={preferences} />}</Loaded>
        <Push />
        <Loaded query={useConsents()}>
          {(states) => states.filter((state) => state.purpose === 'email').map((state) => <PurposeSwitch key="email" state={state} />)}
        </Loaded>
        <Unconfirmed />
        <Telegram />
      </div>
    </Screen>
  );
}

/** Shown while somebody allows mails to an address that might not be theirs. */
function Unconfirmed() {
  const me = useQuery({ ...ME, staleTime: 0 }).data; // whoever comes back from the mail has followed its link
  const wanted = useConsents().data?.some((state) => state.purpose === 'email' && state.granted);
  async function again(): Promise<void> {
    try {
      await fetchJson('/me/email/confirmation', { method: 'POST' });
      toast(t('channels.email.sent'));
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  if (!wanted || !me?.email || me.email_confirmed) return null;
  return (
    <section class="card stack-s">
      <p>{t('channels.email.unconfirmed')}</p>
      <button class="button" type="button" onClick={() => void again()}>
        {t('channels.email.again')}
      </button>
    </section>
  );
}

function Quiet({ preferences }: { preferences: Preferences }) {
  const change = useSettled(async (part: Partial<Preferences>) => {
    try {
      const saved = await fetchJson<Preferences>('/me/notifications', { method: 'PATCH', json: part });
      queryClient.setQueryData(['preferences'], saved);
      toast(t('app.saved'));
    } catch (error) {
      toast(sayProblem(error));
    }
  });
  const time = (name: 'quiet_from' | 'quiet_to', label: string) => (
    <label class="field">
      <span class="label">{label}</span>
      <input class="input" type="time" value={preferences[name] ?? ''} onChange={(event) => change({ [name]: event.currentTarget.value || null })} />
    </label>
  );
  return (
    <section class="card stack-s">
      <h2 class="h3">{t('channels.quiet')}</h2>
      <p class="small muted">{t('channels.quiet.text')}</p>
      <div class="two">
        {time('quiet_from', t('channels.quiet.from'))}
        {time('quiet_to', t('channels.quiet.to'))}
      </div>
      <label class="tick">
        <input type="checkbox" checked={preferences.paused} onChange={(event) => change({ paused: event.currentTarget.checked })} />
        <span>
          <span class="block">{t('channels.pause')}</span>
          <span class="small muted">{t('channels.pause.text')}</span>
        </span>
      </label>
      <label class="tick">
        <input type="checkbox" checked={preferences.details} onChange={(event) => change({ details: event.currentTarget.checked })} />
        <span>
          <span class="block">{t('channels.details')}</span>
          <span class="small muted">{t('channels.details.text')}</span>
        </span>
      </label>
      <Choices
        legend={t('channels.prompts')}
        name="prompts"
        options={(['0', '1', '2'] as const).map((value) => ({ value, label: t(`channels.prompts.${value}`) }))}
        value={`${preferences.prompts}` as '0' | '1' | '2'}
        onValue={(value) => change({ prompts: Number(value) })}
      />
    </section>
  );
}
