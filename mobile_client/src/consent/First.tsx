import { useState } from 'preact/hooks';
import { useConsents, useMe } from '../api/queries';
import { t } from '../i18n/t';
import { navigate } from '../router';
import { remove, write } from '../outbox/database';
import { Link } from '../ui/Link';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { PurposeSwitch } from './Purpose';
import { inOrder, PURPOSES } from './purposes';

/** Kept on the phone so that a reload in the middle comes back here. */
export const beginConsent = (): Promise<void> => write('local', 'consent-open', true);

/** Layers: what this is, then the one choice the app is for, then the rest. Nothing is ticked beforehand. */
export default function First() {
  const [step, setStep] = useState(1);
  const last = step === 3;
  const finish = (): void => {
    void remove('local', 'consent-open');
    navigate('/today', 'replace');
  };
  return (
    <Screen title={t('consent.title')} key={step}>
      <div class="stack">
        <p class="small muted">{t('consent.step', { n: step, total: 3 })}</p>
        {step === 1 ? <Essentials /> : <Choose first={step === 2} />}
        <div class="row between">
          {step > 1 ? (
            <button class="button" type="button" onClick={() => setStep(step - 1)}>
              {t('app.back')}
            </button>
          ) : (
            <span />
          )}
          <button class="button primary" type="button" onClick={() => (last ? finish() : setStep(step + 1))}>
            {t(last ? 'consent.finish' : 'app.next')}
          </button>
        </div>
      </div>
    </Screen>
  );
}

function Essentials() {
  const me = useMe();
  const policy = me.data && t(`consent.policy.${me.data.policy}`);
  return (
    <div class="stack">
      <h2>{t('consent.essentials')}</h2>
      <ul class="stack-s dashes">
        {([1, 2, 3, 4] as const).map((line) => (
          <li key={line}>{t(`consent.essentials.${line}`)}</li>
        ))}
      </ul>
      {policy && <p class="note">{t('consent.policy', { policy })}</p>}
      <Link to="/me/agreements">{t('consent.read')}</Link>
    </div>
  );
}

function Choose({ first }: { first: boolean }) {
  return (
    <div class="stack">
      <h2>{t('consent.choose')}</h2>
      <p class="muted">{t('consent.lead')}</p>
      <Loaded query={useConsents()}>
        {(states) =>
          inOrder(states)
            .filter((state) => (state.purpose === PURPOSES[0]) === first)
            .map((state) => <PurposeSwitch key={state.purpose} state={state} />)
        }
      </Loaded>
    </div>
  );
}
