import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { queryClient, refreshMood, useConsentTexts } from '../api/queries';
import type { ConsentState, Sharing } from '../api/shapes';
import { dateOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Confirm } from '../ui/Dialog';
import { Choices } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { toast } from '../ui/Toast';

interface Change {
  granted: boolean;
  sharing?: Sharing;
}

function useChange(state: ConsentState) {
  return useMutation({
    mutationFn: (change: Change) =>
      fetchJson<ConsentState>(`/me/consents/${state.purpose}`, { method: 'PUT', json: change }),
    onSuccess: (saved) => {
      queryClient.setQueryData<ConsentState[]>(['consents'], (known) =>
        known?.map((one) => (one.purpose === saved.purpose ? saved : one)),
      );
      void queryClient.invalidateQueries({ queryKey: ['consent-history'] });
      if (!saved.granted) refreshMood();
    },
    onError: (error) => toast(sayProblem(error)),
  });
}

const ASKS_AGAIN = ['expired', 'policy_changed', 'text_changed'] as const;

function statusOf(state: ConsentState): string {
  const again = ASKS_AGAIN.find((standing) => standing === state.standing);
  if (again) return t(`consent.standing.${again}`);
  if (state.standing === 'closed') return t('consent.unavailable');
  if (!state.granted || !state.changed_at) return t('consent.withdrawn');
  if (!state.expires_at) return t('consent.since', { date: dateOf(state.changed_at) });
  return t('consent.expires', { date: dateOf(state.changed_at), until: dateOf(state.expires_at) });
}

/** One purpose, one decision: short text, full text behind it, and a choice that works at once. Nobody agrees to words that are not there. */
export function PurposeSwitch({ state }: { state: ConsentState }) {
  const texts = useConsentTexts();
  const words = texts.data?.purposes.find((one) => one.purpose === state.purpose);
  const change = useChange(state);
  const [leaving, setLeaving] = useState(false);
  const name = t(`consent.${state.purpose}`);
  const open = state.standing !== 'closed' && (state.granted || words !== undefined);
  const decide = (granted: boolean): void => (granted ? change.mutate({ granted }) : setLeaving(true));
  return (
    <section class="card stack-s" data-purpose={state.purpose} data-granted={state.granted}>
      <h2 class="h3">{name}</h2>
      <Loaded query={texts}>
        {() => (
          <>
            <p>{words?.short}</p>
            <details>
              <summary>{t('consent.more')}</summary>
              <p>{words?.text}</p>
            </details>
          </>
        )}
      </Loaded>
      <p class="small muted">{statusOf(state)}</p>
      {open && state.purpose === 'share_escalations' && <SharingChoice state={state} change={change.mutate} leave={() => setLeaving(true)} />}
      {open && state.purpose !== 'share_escalations' && (
        <YesNo state={state} busy={change.isPending} decide={decide} />
      )}
      {leaving && (
        <Confirm
          title={t('consent.withdraw.title', { purpose: name })}
          text={t('consent.withdraw.text')}
          verb={t('consent.withdraw')}
          danger
          onConfirm={() => (setLeaving(false), change.mutate({ granted: false }))}
          onClose={() => setLeaving(false)}
        />
      )}
    </section>
  );
}

function YesNo({ state, busy, decide }: { state: ConsentState; busy: boolean; decide: (granted: boolean) => void }) {
  return (
    <div>
      <button
        class={`button ${state.granted ? '' : 'primary'}`}
        type="button"
        disabled={busy}
        onClick={() => decide(!state.granted)}
      >
        {t(state.granted ? 'consent.withdraw' : 'consent.agree')}
        <span class="hidden">: {t(`consent.${state.purpose}`)}</span>
      </button>
    </div>
  );
}

function SharingChoice({ state, change, leave }: { state: ConsentState; change: (change: Change) => void; leave: () => void }) {
  const value: Sharing = state.granted ? (state.sharing ?? 'ask') : 'never';
  const options = (['never', 'ask', 'automatic'] as const).map((one) => ({ value: one, label: t(`consent.sharing.${one}`) }));
  return (
    <Choices
      legend={t('consent.share_escalations')}
      quiet
      name="sharing"
      options={options}
      value={value}
      onValue={(sharing) => (sharing === 'never' ? leave() : change({ granted: true, sharing }))}
    />
  );
}
