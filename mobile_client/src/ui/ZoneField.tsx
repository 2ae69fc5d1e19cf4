import { t } from '../i18n/t';
import { Select } from './Select';

interface Props {
  value: string;
  onValue: (zone: string) => void;
  hint?: string;
}

export function ZoneField(props: Props) {
  const known = Intl.supportedValuesOf('timeZone');
  const zones = known.includes(props.value) ? known : [props.value, ...known];
  const options = zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
  return <Select {...props} label={t('profile.timezone')} options={options} />;
}
