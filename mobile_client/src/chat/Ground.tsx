import { useState } from 'preact/hooks';
import { t } from '../i18n/t';
import { goBack } from '../router';
import { Screen } from '../ui/Screen';

const STEPS = [1, 2, 3, 4, 5] as const;

export default function Ground() {
  const [step, setStep] = useState(0);
  const current = STEPS[step];
  return (
    <Screen title={t('ground.title')} back="/chat">
      <div class="stack breathe">
        <p>{t(current ? 'ground.lead' : 'ground.done')}</p>
        <p class="ground-step" aria-live="polite">
          {current && t(`ground.${current}`)}
        </p>
        <button class="button primary big" type="button" onClick={() => (current ? setStep(step + 1) : goBack('/chat'))}>
          {t(current ? 'app.next' : 'app.done')}
        </button>
      </div>
    </Screen>
  );
}
