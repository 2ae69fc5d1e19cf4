import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/t';
import { Area } from '../ui/Field';
import { toast } from '../ui/Toast';
import { forgetPlan, isWritten, keepPlan, PARTS, readPlan, type SafetyPlan } from './plan';

export function Plan() {
  const [plan, setPlan] = useState<SafetyPlan>({});
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    void readPlan().then(setPlan);
  }, []);
  function change(part: keyof SafetyPlan, text: string): void {
    const next = { ...plan, [part]: text };
    setPlan(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void keepPlan(next), 300);
  }
  return (
    <section class="stack">
      <div>
        <h2>{t('help.plan')}</h2>
        <p class="small muted">{t('help.plan.text')}</p>
      </div>
      {PARTS.map((part) => (
        <Area key={part} label={t(`help.plan.${part}`)} value={plan[part] ?? ''} onValue={(text) => change(part, text)} />
      ))}
      {isWritten(plan) && (
        <button
          class="button"
          type="button"
          onClick={() => {
            clearTimeout(timer.current);
            setPlan({});
            void forgetPlan().then(() => toast(t('app.saved')));
          }}
        >
          {t('help.plan.clear')}
        </button>
      )}
    </section>
  );
}
