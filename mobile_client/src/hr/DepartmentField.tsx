import { useId } from 'preact/hooks';
import type { Overview } from './shapes';
import { h } from './words';

interface Props {
  departments: Overview['departments'];
  /** A department's id; empty for everybody. */
  value: string;
  onValue: (id: string) => void;
}

export function DepartmentField({ departments, value, onValue }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{h('insights.department')}</label>
      <select id={id} class="input" value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">{h('insights.everybody')}</option>
        {departments.map((one) => (
          <option key={one.id} value={one.id ?? ''}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  );
}
