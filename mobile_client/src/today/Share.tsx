import { useState } from 'preact/hooks';
import { answerCase, type CaseOut, useCases } from '../api/cases';
import { queryClient } from '../api/queries';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Dialog } from '../ui/Dialog';
import { toast } from '../ui/Toast';

/** Shown only while a case waits for the person's own answer. */
export function ShareQuestion() {
  const asked = useCases().data?.items.find((one) => one.status === 'asked');
  const [open, setOpen] = useState(false);
  if (!asked) return null;
  return (
    <section class="note">
      <div class="grow stack-s">
        <h2 class="h3">{t('today.share')}</h2>
        <p>{t('today.share.text')}</p>
        <div>
          <button class="button" type="button" onClick={() => setOpen(true)}>
            {t('today.share.look')}
          </button>
        </div>
      </div>
      {open && <Preview asked={asked} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Preview({ asked, onClose }: { asked: CaseOut; onClose: () => void }) {
  async function answer(verb: 'share' | 'decline'): Promise<void> {
    try {
      await answerCase(asked.id, verb);
      toast(t(verb === 'share' ? 'today.share.done' : 'today.share.declined'));
      void queryClient.invalidateQueries({ queryKey: ['cases'] });
    } catch (error) {
      toast(sayProblem(error));
    }
    onClose();
  }
  return (
    <Dialog title={t('today.share.title')} onClose={onClose}>
      <CaseContent shared={asked} />
      <div class="row between">
        <button class="button" type="button" onClick={() => void answer('decline')}>
          {t('today.share.no')}
        </button>
        <button class="button primary" type="button" onClick={() => void answer('share')}>
          {t('today.share.yes')}
        </button>
      </div>
    </Dialog>
  );
}

export function CaseContent({ shared }: { shared: CaseOut }) {
  const reasons = shared.shared.reasons ?? [];
  return (
    <div class="stack-s">
      <p>
        <span class="muted">{t('today.share.level')}: </span>
        {t(`history.level.${shared.level}`)}
      </p>
      {reasons.length > 0 && (
        <div>
          <p class="muted">{t('today.share.reasons')}</p>
          <ul class="dashes">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
      <p class="small muted">{t('today.share.never')}</p>
    </div>
  );
}
