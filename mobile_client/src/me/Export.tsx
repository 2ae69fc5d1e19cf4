import { useState } from 'preact/hooks';
import { call } from '../api/client';
import { dayOf } from '../i18n/dates';
import { t } from '../i18n/t';
import { Icon } from '../ui/Icon';
import { Fault } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { saveFile } from './save';

export default function Export() {
  const [state, setState] = useState<'idle' | 'working' | 'done'>('idle');
  const [fault, setFault] = useState<unknown>(null);
  async function fetchAll(): Promise<void> {
    setState('working');
    setFault(null);
    try {
      const answer = await call('/me/export');
      saveFile(await answer.blob(), `evenkeel-${dayOf()}.zip`);
      setState('done');
    } catch (error) {
      setFault(error);
      setState('idle');
    }
  }
  return (
    <Screen title={t('me.export')} back="/me">
      <div class="stack">
        <p>{t('me.export.text')}</p>
        <button class="button primary big" type="button" disabled={state === 'working'} onClick={() => void fetchAll()}>
          <Icon name="download" />
          {t(state === 'working' ? 'me.export.working' : 'me.export.button')}
        </button>
        <p role="status">{state === 'done' && t('me.export.done')}</p>
        {fault !== null && <Fault error={fault} />}
      </div>
    </Screen>
  );
}
