import { useId } from 'preact/hooks';
import { t } from '../i18n/t';

interface Props {
  value: string;
  onValue: (zone: string) => void;
  hint?: string;
}

export function ZoneField({ value, onValue, hint }: Props) {
  const id = useId();
  const known = Intl.supportedValuesOf('timeZone');
  return (
    <div class="field">
      <label for={id}>{t('profile.timezone')}</label>
      <select id={id} class="input" aria-describedby={hint && `${id}-hint`} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {!known.includes(value) && <option value={value}>{value}</option>}
        {known.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
