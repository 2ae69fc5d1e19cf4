import { useState } from 'preact/hooks';
import { whenOf } from '../i18n/dates';
import { t } from '../i18n/t';
import type { Entry } from '../outbox/entry';
import { discard, knock, useOutbox } from '../outbox/outbox';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Screen } from '../ui/Screen';
import { sayRefused } from './refusal';

const STATE = {
  waiting: 'outbox.kept',
  sending: 'outbox.sending',
  reading: 'outbox.queued',
  done: 'outbox.sent',
  refused: 'outbox.failed',
} as const;

export default function Outbox() {
  const entries = useOutbox();
  return (
    <Screen title={t('outbox.title')} back="/today">
      {entries.length === 0 ? (
        <p class="empty">{t('outbox.empty')}</p>
      ) : (
        <div class="stack">
          <ul class="list">
            {entries.map((entry) => (
              <Row key={entry.key} entry={entry} />
            ))}
          </ul>
          <button class="button primary" type="button" onClick={() => void knock(true)}>
            {t('outbox.send')}
          </button>
        </div>
      )}
    </Screen>
  );
}

function Row({ entry }: { entry: Entry }) {
  const [asking, setAsking] = useState(false);
  return (
    <li class="reading-row" data-state={entry.state}>
      <div class="item">
        <Icon name={entry.state === 'done' ? 'check' : 'cloud'} />
        <span class="grow">
          <span class="block">{t(STATE[entry.state])}</span>
          <span class="small muted">{t('outbox.taken', { when: whenOf(entry.capturedAt) })}</span>
          {entry.state === 'refused' && <span class="small block">{sayRefused(entry)}</span>}
        </span>
        {entry.readingId && <Link to={`/reading/${entry.readingId}`}>{t('today.open')}</Link>}
      </div>
      {entry.photo && (
        <button class="button plain" type="button" aria-label={t('outbox.discard')} onClick={() => setAsking(true)}>
          <Icon name="trash" />
        </button>
      )}
      {asking && (
        <Confirm
          title={t('outbox.discard.title')}
          text={t('outbox.discard.text')}
          verb={t('outbox.discard')}
          danger
          onConfirm={() => void discard(entry.key)}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
