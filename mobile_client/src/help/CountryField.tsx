import { localeTag } from '../i18n/language';
import { t } from '../i18n/t';
import { Select } from '../ui/Select';
import { COUNTRIES } from './helplines';

interface Props {
  /** ISO 3166-1 alpha-2; empty where none is chosen. */
  value: string;
  onValue: (code: string) => void;
  hint?: string;
}

/** The countries whose helplines we know, and the one that is chosen. */
export function CountryField(props: Props) {
  const names = new Intl.DisplayNames(localeTag(), { type: 'region' });
  const codes = new Set([...Object.keys(COUNTRIES), ...(props.value ? [props.value] : [])]);
  const known = [...codes]
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .sort((a, b) => a.label.localeCompare(b.label, localeTag()));
  return <Select {...props} label={t('help.country')} options={[{ value: '', label: '–' }, ...known]} />;
}
