import { Select } from '../ui/Select';
import type { Overview } from './shapes';
import { h } from './words';

interface Props {
  departments: Overview['departments'];
  /** A department's id; empty for everybody. */
  value: string;
  onValue: (id: string) => void;
}

export function DepartmentField({ departments, ...field }: Props) {
  const each = departments.map((one) => ({ value: one.id ?? '', label: one.name }));
  return <Select {...field} label={h('insights.department')} options={[{ value: '', label: h('insights.everybody') }, ...each]} />;
}
