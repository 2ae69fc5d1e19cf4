import { useEffect } from 'preact/hooks';
import { t } from '../i18n/t';
import { whenOf } from '../i18n/dates';
import type { Entry } from '../outbox/entry';
import { useEntry } from '../outbox/outbox';
import { navigate } from '../router';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Loading } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { sayRefused } from './refusal';

/** What happens to one photo, from the shutter to its reading. */
export default function Sent({ id }: { id: string }) {
  const entry = useEntry(id);
  useEffect(() => {
    if (entry?.readingId) navigate(`/reading/${entry.readingId}`, 'replace');
  }, [entry?.readingId]);
  return (
    <Screen title={t('capture.title')} back="/today">
      {entry === undefined && <Loading />}
      {entry === null && <Gone />}
      {entry && <State entry={entry} />}
    </Screen>
  );
}

/** Discarded, or finished days ago: somebody came back to its address. */
function Gone() {
  return (
    <div class="empty">
      <p>{t('error.gone')}</p>
      <Link to="/today" class="button primary" replace>
        {t('app.home')}
      </Link>
    </div>
  );
}

function State({ entry }: { entry: Entry }) {
  if (entry.state === 'refused') return <Refused entry={entry} />;
  const stuck = entry.attempts > 0 && entry.state === 'waiting';
  if (stuck || (!navigator.onLine && entry.state === 'waiting')) return <Kept entry={entry} />;
  const queued = entry.state === 'reading' && entry.attempts > 1;
  return (
    <div class="empty" role="status" data-state={entry.state}>
      <span class="ripple" aria-hidden="true" />
      <h2>{t(queued ? 'outbox.queued' : 'outbox.reading')}</h2>
      <p>{t(queued ? 'outbox.queued.text' : 'outbox.reading.text')}</p>
      {queued && (
        <Link to="/today" class="button">
          {t('app.home')}
        </Link>
      )}
    </div>
  );
}

function Kept({ entry }: { entry: Entry }) {
  return (
    <div class="empty" role="status" data-state="kept">
      <Icon name="cloud" />
      <h2>{t('outbox.kept')}</h2>
      <p>{t('outbox.kept.text')}</p>
      <p class="small">{t('outbox.taken', { when: whenOf(entry.capturedAt) })}</p>
      <Link to="/today" class="button primary" replace>
        {t('app.home')}
      </Link>
    </div>
  );
}

function Refused({ entry }: { entry: Entry }) {
  return (
    <div class="stack" data-state="refused">
      <div class="note warm" role="alert">
        <div>
          <h2>{t('reading.abstained')}</h2>
          <p>{sayRefused(entry)}</p>
        </div>
      </div>
      <Link to={entry.kind === 'clip' ? '/checkin/clip' : '/checkin'} class="button primary big" replace>
        {t('abstained.again')}
      </Link>
    </div>
  );
}
