import { useState } from 'preact/hooks';
import { useReadings } from '../api/queries';
import type { ReadingOut } from '../api/shapes';
import { GLYPH } from '../emotions';
import { addDays, whenOf } from '../i18n/dates';
import { t } from '../i18n/t';
import { startOf } from '../i18n/zone';
import { ConfirmDelete } from '../reading/Reading';
import { sentenceFor } from '../reading/words';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';

export function Readings() {
  return (
    <div class="stack">
      <ReadingList />
      <Link to="/me/export" class="button">
        <Icon name="download" />
        {t('history.export')}
      </Link>
    </div>
  );
}

/** All readings, or one day's by the zone that it was lived in; each can be opened and deleted. */
export function ReadingList({ day, zone }: { day?: string; zone?: string | undefined }) {
  const query = useReadings(day && startOf(day, zone), day && startOf(addDays(day, 1), zone));
  const [doomed, setDoomed] = useState<string | null>(null);
  return (
    <Loaded query={query}>
      {(data) => {
        const readings = data.pages.flatMap((page) => page.items);
        if (!readings.length) return day ? null : <p class="empty">{t('history.readings.none')}</p>;
        return (
          <div class="stack">
            <ul class="list">
              {readings.map((reading) => (
                <Row key={reading.id} reading={reading} when={whenOf(reading.captured_at, zone)} onDelete={() => setDoomed(reading.id)} />
              ))}
            </ul>
            <More pages={query} />
            {doomed && <ConfirmDelete id={doomed} onClose={() => setDoomed(null)} />}
          </div>
        );
      }}
    </Loaded>
  );
}

function Row({ reading, when, onDelete }: { reading: ReadingOut; when: string; onDelete: () => void }) {
  return (
    <li class="reading-row">
      <Link to={`/reading/${reading.id}`} class="item">
        <span class="glyph emoji" aria-hidden="true">
          {reading.top ? GLYPH[reading.top] : '–'}
        </span>
        <span class="grow">
          <span class="block">{reading.abstained ? t('reading.abstained') : sentenceFor(reading)}</span>
          <span class="muted small">{when}</span>
        </span>
      </Link>
      <button class="button plain" type="button" aria-label={`${t('reading.delete')}: ${when}`} onClick={onDelete}>
        <Icon name="trash" />
      </button>
    </li>
  );
}
