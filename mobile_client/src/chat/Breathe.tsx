import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t';
import { Screen } from '../ui/Screen';
import { phaseAt, TOTAL_S } from './rhythm';

/** The words lead; the circle only accompanies them and stands still where motion is not wanted. */
export default function Breathe() {
  const [second, setSecond] = useState<number | null>(null);
  const running = second !== null && second < TOTAL_S;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setSecond((now) => (now ?? 0) + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  const phase = running ? phaseAt(second) : null;
  return (
    <Screen title={t('breathe.title')} back="/chat">
      <div class="stack breathe">
        <p>{t(second === TOTAL_S ? 'breathe.done' : 'breathe.lead')}</p>
        <div class="breath-space">
          <span class={`breath ${phase ?? 'rest'}`} aria-hidden="true" />
          <p class="breath-word" aria-live="assertive">
            {phase && t(`breathe.${phase}`)}
          </p>
        </div>
        <p class="muted number center">{running ? t('breathe.left', { n: TOTAL_S - second }) : ' '}</p>
        <button class="button primary big" type="button" onClick={() => setSecond(running ? null : 0)}>
          {t(running ? 'breathe.stop' : 'breathe.start')}
        </button>
      </div>
    </Screen>
  );
}
