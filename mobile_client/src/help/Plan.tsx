import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/t';
import { readOne, remove, write } from '../outbox/database';
import { Area } from '../ui/Field';
import { toast } from '../ui/Toast';

const PARTS = ['signs', 'self', 'people', 'call', 'safe'] as const;
type SafetyPlan = Partial<Record<(typeof PARTS)[number], string>>;

const KEY = 'safety-plan';

/** The steps of a safety plan in the person's own words. It never leaves the phone. */
export function Plan() {
  const [plan, setPlan] = useState<SafetyPlan>({});
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    void readOne<SafetyPlan>('local', KEY).then((kept) => setPlan(kept ?? {}));
  }, []);
  function change(part: keyof SafetyPlan, text: string): void {
    const next = { ...plan, [part]: text };
    setPlan(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void write('local', KEY, next), 300);
  }
  const written = PARTS.some((part) => plan[part]);
  return (
    <section class="stack">
      <div>
        <h2>{t('help.plan')}</h2>
        <p class="small muted">{t('help.plan.text')}</p>
      </div>
      {PARTS.map((part) => (
        <Area key={part} label={t(`help.plan.${part}`)} value={plan[part] ?? ''} onValue={(text) => change(part, text)} />
      ))}
      {written && (
        <button
          class="button"
          type="button"
          onClick={() => {
            setPlan({});
            void remove('local', KEY).then(() => toast(t('app.saved')));
          }}
        >
          {t('help.plan.clear')}
        </button>
      )}
    </section>
  );
}
