import { EXPRESSIONS, GLYPH, GROUPS, share, type Emotion } from '../emotions';
import { percent } from '../i18n/dates';
import { t } from '../i18n/t';

function Bar({ name, part, note }: { name: Emotion; part: number; note?: string }) {
  return (
    <li class="bar-row" title={note}>
      <span class={`glyph emoji c-${name}`} aria-hidden="true">
        {GLYPH[name]}
      </span>
      <span class="bar-name">{t(`emotion.${name}`)}</span>
      <span class="bar-track" aria-hidden="true">
        <span class={`bar-fill b-${name}`} style={{ width: `${Math.round(part * 1000) / 10}%` }} />
      </span>
      <span class="bar-value number">{percent(part)}</span>
    </li>
  );
}

/** Seven expressions, strongest first, then the three groups. A list, so a screen reader reads names and numbers. */
export function Bars({ vector }: { vector: readonly number[] }) {
  const seven = [...EXPRESSIONS].sort((a, b) => share(vector, b) - share(vector, a));
  return (
    <div class="stack">
      <section class="stack-s">
        <h3>{t('reading.bars')}</h3>
        <ul class="bars">
          {seven.map((name) => (
            <Bar key={name} name={name} part={share(vector, name)} />
          ))}
        </ul>
      </section>
      <section class="stack-s">
        <h3>{t('reading.groups')}</h3>
        <ul class="bars">
          {GROUPS.map((name) => (
            <Bar key={name} name={name} part={share(vector, name)} note={t(`group.${name}.of`)} />
          ))}
        </ul>
      </section>
    </div>
  );
}
