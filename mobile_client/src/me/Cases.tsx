import { useState } from 'preact/hooks';
import { openCase, previewCase, type Shared, sharedIn, useCases } from '../api/cases';
import { queryClient } from '../api/queries';
import type { MyCase } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { CaseContent, Preview } from '../today/Share';
import { Area } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';

const OPEN = ['asked', 'new', 'acknowledged', 'contacted'];

export default function Cases() {
  return (
    <Screen title={t('me.cases')} back="/me">
      <Loaded query={useCases()}>
        {(cases) => (
          <div class="stack">
            {cases.length === 0 && <p class="muted">{t('me.cases.none')}</p>}
            <ul class="stack">
              {cases.map((one) => (
                <Case key={one.id} one={one} />
              ))}
            </ul>
            {!cases.some((one) => OPEN.includes(one.status)) && <Ask />}
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

function Case({ one }: { one: MyCase }) {
  return (
    <li class="card stack-s">
      <h2 class="h3">{t(`me.case.${one.status}`)}</h2>
      <ol class="stack-s small" data-states={one.history.length}>
        {one.history.map((state) => (
          <li key={`${state.status}${state.at}`}>
            <span class="muted">{whenOf(state.at)}</span> {t(`me.case.${state.status}`)}
          </li>
        ))}
      </ol>
      {one.due_at && <p class="small">{t('me.cases.due', { when: whenOf(one.due_at) })}</p>}
      <details>
        <summary>{t('me.cases.content')}</summary>
        <CaseContent shared={sharedIn(one)} />
      </details>
    </li>
  );
}

/** The person opens a case: name and own words, and the levels only when ticked; all of it is shown before it leaves. */
function Ask() {
  const [note, setNote] = useState('');
  const [levels, setLevels] = useState(false);
  const [shown, setShown] = useState<Shared>();
  const close = (): void => setShown(undefined);
  async function show(event: Event): Promise<void> {
    event.preventDefault();
    try {
      setShown(await previewCase(note.trim(), levels));
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  async function send(): Promise<void> {
    close();
    try {
      await openCase(note.trim(), levels);
      toast(t('today.share.done'));
      await queryClient.invalidateQueries({ queryKey: ['cases'] });
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  return (
    <details class="card">
      <summary>{t('me.cases.open')}</summary>
      <form class="stack" onSubmit={(event) => void show(event)}>
        <p>{t('me.cases.open.text')}</p>
        <Area label={t('me.cases.note')} value={note} onValue={setNote} />
        <label class="tick">
          <input type="checkbox" checked={levels} onChange={(event) => setLevels(event.currentTarget.checked)} />
          {t('me.cases.levels')}
        </label>
        <button class="button primary" type="submit">
          {t('today.share.look')}
        </button>
      </form>
      {shown && <Preview shared={shown} no={t('app.cancel')} onNo={close} onYes={() => void send()} onClose={close} />}
    </details>
  );
}
