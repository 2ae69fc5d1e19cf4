import { useState } from 'preact/hooks';
import { answerCase, type Shared, sharedIn, useCases } from '../api/cases';
import { queryClient } from '../api/queries';
import type { MyCase } from '../api/shapes';
import { percent, shortDay } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Dialog } from '../ui/Dialog';
import { toast } from '../ui/Toast';

/** Shown only while a case waits for the person's own answer. */
export function ShareQuestion() {
  const asked = useCases().data?.find((one) => one.status === 'asked');
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
      {open && <Answer asked={asked} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Answer({ asked, onClose }: { asked: MyCase; onClose: () => void }) {
  async function answer(verb: 'share' | 'decline'): Promise<void> {
    try {
      await answerCase(asked.id, verb);
      toast(t(verb === 'share' ? 'today.share.done' : 'today.share.declined'));
    } catch (error) {
      toast(sayProblem(error));
    }
    // Refused, too: the case moved on meanwhile, or what would be shown of it changed.
    void queryClient.invalidateQueries({ queryKey: ['cases'] });
    onClose();
  }
  return (
    <Preview
      shared={sharedIn(asked)}
      no={t('today.share.no')}
      onNo={() => void answer('decline')}
      onYes={() => void answer('share')}
      onClose={onClose}
    />
  );
}

interface PreviewProps {
  shared: Shared;
  no: string;
  onNo: () => void;
  onYes: () => void;
  onClose: () => void;
}

/** All that HR would see, before any of it leaves. */
export function Preview({ shared, no, onNo, onYes, onClose }: PreviewProps) {
  return (
    <Dialog title={t('today.share.title')} onClose={onClose}>
      <CaseContent shared={shared} />
      <div class="row between">
        <button class="button" type="button" onClick={onNo}>
          {no}
        </button>
        <button class="button primary" type="button" onClick={onYes}>
          {t('today.share.yes')}
        </button>
      </div>
    </Dialog>
  );
}

type Offered = NonNullable<Shared['support']>[number];

function offered({ day, text, helpful }: Offered): string {
  const answer = helpful === null ? 'open' : helpful ? 'helpful' : 'not';
  return `${shortDay(day)}: ${text} (${t(`today.share.support.${answer}`)})`;
}

/** The shared document word for word, in the order in which HR reads it. */
export function CaseContent({ shared }: { shared: Shared }) {
  const { person, unit, note, because_text, level, days = [], reasons = [], support = [], action_units = [] } = shared;
  return (
    <dl class="stack-s">
      <Line name={t('profile.display')} value={[person, unit].filter(Boolean).join(' · ')} />
      <Line name={t('me.cases.note')} value={note} />
      <Line name={t('today.share.why')} value={because_text} />
      <Line name={t('today.share.level')} value={level && t(`history.level.${level}`)} />
      <Lines name={t('today.share.reasons')} values={reasons} />
      <Lines name={t('today.share.support')} values={support.map(offered)} />
      <Lines name={t('today.share.units')} values={action_units.map((one) => `${one.name}: ${percent(one.share)}`)} />
      <Lines name={t('today.share.days')} values={days.map((one) => `${shortDay(one.day)}: ${t(`history.level.${one.level}`)}`)} />
      <div>
        <dt class="hidden">{t('app.notice')}</dt>
        <dd class="small muted">{t('today.share.never')}</dd>
      </div>
    </dl>
  );
}

function Lines({ name, values }: { name: string; values: readonly string[] }) {
  if (!values.length) return null;
  return (
    <div>
      <dt class="muted small">{name}</dt>
      {values.map((value) => (
        <dd key={value}>{value}</dd>
      ))}
    </div>
  );
}

function Line({ name, value }: { name: string; value: string | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt class="muted small">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
