import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { queryClient, refreshMood, useReading } from '../api/queries';
import type { ReadingOut } from '../api/shapes';
import { EXPRESSIONS, GLYPH, share, type Expression } from '../emotions';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { goBack } from '../router';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';
import { Bars } from './Bars';
import { How } from './How';
import { surenessOf } from './sentence';
import { Timeline } from './Timeline';
import { sentenceFor } from './words';

export default function Reading({ id }: { id: string }) {
  return (
    <Screen title={t('reading.title')} back="/today">
      <Loaded query={useReading(id)}>
        {(reading) => (reading.abstained ? <Abstained reading={reading} /> : <Scored reading={reading} />)}
      </Loaded>
    </Screen>
  );
}

function Scored({ reading }: { reading: ReadingOut }) {
  return (
    <div class="stack">
      <div class="result-head">
        <span class="result-glyph emoji" aria-hidden="true">
          {reading.top && GLYPH[reading.top]}
        </span>
        <p class="result-sentence">{sentenceFor(reading)}</p>
        <p>{t(`reading.sure.${surenessOf(reading.confidence)}`)}</p>
        <p class="muted small">{whenOf(reading.captured_at)}</p>
      </div>
      <Match reading={reading} />
      <Pause reading={reading} />
      {reading.vector && (
        <div class="card">
          <Bars vector={reading.vector} />
        </div>
      )}
      {reading.source === 'clip' && <Timeline id={reading.id} />}
      <How reading={reading} />
      <Remove reading={reading} />
    </div>
  );
}

/** After a hard expression a way on, not a comment. */
function Pause({ reading }: { reading: ReadingOut }) {
  if (!reading.vector || share(reading.vector, 'negative') <= share(reading.vector, 'positive')) return null;
  return (
    <div class="note">
      <div class="grow stack-s">
        <p>{t('reading.low')}</p>
        <Link to="/chat/breathe">{t('breathe.title')}</Link>
      </div>
    </div>
  );
}

function Abstained({ reading }: { reading: ReadingOut }) {
  return (
    <div class="stack" data-abstained={reading.abstained}>
      <div class="result-head">
        <span class="result-icon" aria-hidden="true">
          <Icon name="face" />
        </span>
        <h2>{t('reading.abstained')}</h2>
        <p>{sentenceFor(reading)}</p>
        <p class="muted small">{whenOf(reading.captured_at)}</p>
      </div>
      <Link to="/checkin" class="button primary big" replace>
        <Icon name="camera" />
        {t('abstained.again')}
      </Link>
      <How reading={reading} />
      <Remove reading={reading} />
    </div>
  );
}

function Match({ reading }: { reading: ReadingOut }) {
  const [asked, setAsked] = useState(false);
  const [answered, setAnswered] = useState(reading.agrees != null);

  async function answer(agrees: boolean, felt?: Expression): Promise<void> {
    try {
      const json = { agrees, ...(felt && { felt }) };
      const told = await fetchJson<ReadingOut>(`/readings/${reading.id}/feedback`, { method: 'POST', json });
      queryClient.setQueryData(['reading', reading.id], told);
      for (const queryKey of [['readings'], ['agreement']]) void queryClient.invalidateQueries({ queryKey });
      if (agrees || felt) setAnswered(true);
      else setAsked(true);
    } catch (error) {
      toast(sayProblem(error));
    }
  }

  return (
    <section class="card stack-s" aria-live="polite">
      {answered ? (
        <p>{t('reading.match.thanks')}</p>
      ) : (
        <>
          <h2 class="h3">{t(asked ? 'reading.match.felt' : 'reading.match')}</h2>
          <div class="choices">
            {asked
              ? EXPRESSIONS.map((name) => (
                  <button class="choice" type="button" key={name} onClick={() => void answer(false, name)}>
                    <span class="emoji" aria-hidden="true">
                      {GLYPH[name]}
                    </span> {t(`emotion.${name}`)}
                  </button>
                ))
              : ([true, false] as const).map((agrees) => (
                  <button class="choice" type="button" key={`${agrees}`} onClick={() => void answer(agrees)}>
                    {t(agrees ? 'reading.match.yes' : 'reading.match.no')}
                  </button>
                ))}
          </div>
        </>
      )}
    </section>
  );
}

function Remove({ reading }: { reading: ReadingOut }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="button danger" type="button" onClick={() => setOpen(true)}>
        <Icon name="trash" />
        {t('reading.delete')}
      </button>
      {open && <ConfirmDelete id={reading.id} onClose={() => setOpen(false)} onDone={() => goBack('/history')} />}
    </>
  );
}

export function ConfirmDelete({ id, onClose, onDone }: { id: string; onClose: () => void; onDone?: () => void }) {
  const [busy, setBusy] = useState(false);
  async function remove(): Promise<void> {
    setBusy(true);
    try {
      await fetchJson(`/readings/${id}`, { method: 'DELETE' });
      queryClient.removeQueries({ queryKey: ['reading', id] });
      onClose();
      onDone?.();
      toast(t('reading.deleted'));
      refreshMood();
    } catch (error) {
      toast(sayProblem(error));
      onClose();
    }
  }
  return (
    <Confirm
      title={t('reading.delete.title')}
      text={t('reading.delete.text')}
      verb={t('app.delete')}
      danger
      busy={busy}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  );
}
