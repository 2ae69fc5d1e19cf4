import { t } from '../i18n/t';

interface Props {
  value: string;
  onValue: (zone: string) => void;
  hint?: string;
}

export function ZoneField({ value, onValue, hint }: Props) {
  const known = Intl.supportedValuesOf('timeZone');
  return (
    <label class="field">
      <span class="label">{t('profile.timezone')}</span>
      <select class="input" value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {!known.includes(value) && <option value={value}>{value}</option>}
        {known.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
      {hint && <span class="hint">{hint}</span>}
    </label>
  );
}
