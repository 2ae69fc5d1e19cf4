import { useState } from 'preact/hooks';
import { changeMe, useMe } from '../api/queries';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { deviceZone, sameClock } from '../i18n/zone';
import { ZONE_KEPT } from '../session/remember';
import { toast } from '../ui/Toast';

const placeOf = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** The phone's clock differs from the one that days are counted by: after a move, or an account made elsewhere. Asked once a pair. */
export function ZoneQuestion() {
  const kept = useMe().data?.timezone;
  const [answered, setAnswered] = useState(localStorage.getItem(ZONE_KEPT));
  const here = deviceZone();
  const pair = `${kept} ${here}`;
  if (!kept || answered === pair || sameClock(kept, here)) return null;

  function keep(): void {
    localStorage.setItem(ZONE_KEPT, pair);
    setAnswered(pair);
  }

  return (
    <section class="note" data-zone={here}>
      <div class="grow stack-s">
        <p>{t('today.zone', { here: placeOf(here), kept: placeOf(kept) })}</p>
        <div class="row wrap">
          <button class="button" type="button" onClick={() => changeMe({ timezone: here }).catch((error: unknown) => toast(sayProblem(error)))}>
            {t('today.zone.use', { here: placeOf(here) })}
          </button>
          <button class="button plain" type="button" onClick={keep}>
            {t('today.zone.keep')}
          </button>
        </div>
      </div>
    </section>
  );
}
