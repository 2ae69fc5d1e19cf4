import type { ReadingOut } from '../api/shapes';
import { decimal, percent, whenOf } from '../i18n/dates';
import type { Key } from '../i18n/en';
import { en } from '../i18n/en';
import { t, tOr } from '../i18n/t';
import { Units } from './Units';

/** Only measures that have a name in every language are shown; the rest is in the export. */
function qualities(reading: ReadingOut): [string, string][] {
  return Object.entries(reading.quality ?? {}).flatMap(([name, value]): [string, string][] => {
    const key = `quality.${name}`;
    if (!(key in en) || typeof value !== 'number') return [];
    return [[t(key as Key), Number.isInteger(value) ? decimal(value, 0) : decimal(value)]];
  });
}

/** What the geometry says by itself, and which combination of movements it is: beside the reading, never above it. */
function beside({ second_opinion: second, subdivision }: ReadingOut): [string, string][] {
  return [
    ...(second ? [[t('reading.shape'), tOr(`emotion.${second.top}`, 'emotion.neutral')] as [string, string]] : []),
    ...(subdivision ? [[t('reading.combination'), subdivision.name] as [string, string]] : []),
  ];
}

/** Details on demand: numbers, quality, model version. */
export function How({ reading }: { reading: ReadingOut }) {
  const rows: [string, string][] = [
    [t('reading.when'), whenOf(reading.captured_at)],
    [t('reading.source'), tOr(`reading.source.${reading.source}`, 'reading.source.phone')],
    ...(reading.confidence === null ? [] : [[t('reading.confidence'), percent(reading.confidence)] as [string, string]]),
    ...beside(reading),
    ...qualities(reading),
    [t('reading.model'), `${reading.model.name} ${reading.model.version}`],
  ];
  return (
    <details class="card">
      <summary>{t('reading.how')}</summary>
      <div class="stack-s">
        <p class="small">{t(reading.source === 'clip' ? 'reading.caveat.clip' : 'reading.caveat')}</p>
        <table>
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row" class="muted">
                  {name}
                </th>
                <td class="end">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <Units reading={reading} />
      </div>
    </details>
  );
}
