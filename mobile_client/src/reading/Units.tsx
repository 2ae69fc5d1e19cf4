import type { ReadingOut } from '../api/shapes';
import type { Key } from '../i18n/en';
import { en } from '../i18n/en';
import { t } from '../i18n/t';

type Present = NonNullable<ReadingOut['action_units']>['present'] extends (infer One)[] | undefined ? One : never;

/** "The left corner of the mouth pulled up, slightly": what one sees, then how much of it. */
function sentence(one: Present): string {
  const key = `unit.${one.unit}`;
  const words = key in en ? t(key as Key) : one.words;
  const side = one.side === 'L' ? ` (${t('unit.left')})` : one.side === 'R' ? ` (${t('unit.right')})` : '';
  return `${words}${side}`;
}

/** Which movements of the face were seen, in plain words; the code of the specialists beside them. */
export function Units({ reading }: { reading: ReadingOut }) {
  const units = reading.action_units;
  if (!units) return null;
  const present = units.present ?? [];
  return (
    <section class="stack-s" data-units={units.measured}>
      <h3>{t('unit.title')}</h3>
      {!units.measured && <p class="small muted">{t(units.missing ? 'unit.missing' : 'unit.unseen')}</p>}
      {units.measured && !present.length && <p class="small">{t('unit.none')}</p>}
      {present.length > 0 && (
        <table>
          <tbody>
            {present.map((one) => (
              <tr key={one.unit}>
                <th scope="row">{sentence(one)}</th>
                <td class="end nowrap">{t(`unit.level.${one.letter}`)}</td>
                <td class="end nowrap muted small">{one.unit}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {units.measured && <p class="small muted">{t(units.calibrated ? 'unit.own' : 'unit.others')}</p>}
    </section>
  );
}
