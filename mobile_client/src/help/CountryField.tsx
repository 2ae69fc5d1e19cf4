import { useId } from 'preact/hooks';
import { localeTag } from '../i18n/language';
import { t } from '../i18n/t';
import { COUNTRIES } from './helplines';

interface Props {
  /** ISO 3166-1 alpha-2; empty where none is chosen. */
  value: string;
  onValue: (code: string) => void;
  hint?: string;
}

/** The countries whose helplines we know, and the one that is chosen. */
export function CountryField({ value, onValue, hint }: Props) {
  const id = useId();
  const names = new Intl.DisplayNames(localeTag(), { type: 'region' });
  const codes = new Set([...Object.keys(COUNTRIES), ...(value ? [value] : [])]);
  const options = [...codes]
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, localeTag()));
  return (
    <div class="field">
      <label for={id}>{t('help.country')}</label>
      <select id={id} class="input" aria-describedby={hint && `${id}-hint`} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">–</option>
        {options.map((option) => (
          <option key={option.code} value={option.code}>
            {option.name}
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
