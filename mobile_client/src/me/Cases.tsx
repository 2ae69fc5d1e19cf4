import { useState } from 'preact/hooks';
import { openCase, useCases } from '../api/cases';
import { queryClient } from '../api/queries';
import type { MyCase } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { CaseContent } from '../today/Share';
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
        <CaseContent shared={one} />
      </details>
    </li>
  );
}

/** The person opens a case: name and own words, and the levels only when ticked. */
function Ask() {
  const [note, setNote] = useState('');
  const [levels, setLevels] = useState(false);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
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
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <p>{t('me.cases.open.text')}</p>
        <Area label={t('me.cases.note')} value={note} onValue={setNote} />
        <label class="tick">
          <input type="checkbox" checked={levels} onChange={(event) => setLevels(event.currentTarget.checked)} />
          {t('me.cases.levels')}
        </label>
        <p class="small muted">{t('today.share.never')}</p>
        <button class="button primary" type="submit">
          {t('today.share.yes')}
        </button>
      </form>
    </details>
  );
}
