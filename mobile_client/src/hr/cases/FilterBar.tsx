import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useMe } from '../../api/queries';
import { Choices } from '../../ui/Field';
import { useChoices } from '../api';
import { LEVELS, type Counts } from '../shapes';
import { useWide } from '../wide';
import { h } from '../words';
import { type Filters, narrowed, STATES } from './filters';

interface Props {
  filters: Filters;
  counts: Counts | undefined;
  onChange: (next: Filters) => void;
}

export function FilterBar({ filters, counts, onChange }: Props) {
  const wide = useWide();
  const name = (state: Filters['state']): string => {
    const word = state === 'open' || state === 'all' ? h(`filter.${state}`) : h(`status.${state}`);
    const count = countOf(state, counts);
    return count === null ? word : `${word} (${count})`;
  };
  return (
    <section class="stack-s">
      <Choices
        legend={h('filter.state')}
        name="state"
        quiet
        options={STATES.map((value) => ({ value, label: name(value) }))}
        value={filters.state}
        onValue={(state) => onChange({ ...filters, state })}
      />
      {wide ? (
        <Narrowing filters={filters} counts={counts} onChange={onChange} />
      ) : (
        <details class="card" open={narrowed(filters)}>
          <summary>{h('filter.more')}</summary>
          <Narrowing filters={filters} counts={counts} onChange={onChange} />
        </details>
      )}
    </section>
  );
}

function countOf(state: Filters['state'], counts: Counts | undefined): number | null {
  if (!counts || state === 'all') return null;
  return state === 'open' ? counts.new + counts.acknowledged + counts.contacted : counts[state];
}

function Narrowing({ filters, counts, onChange }: Props) {
  const choices = useChoices().data;
  const me = useMe().data?.id;
  const set = (part: Partial<Filters>): void => onChange({ ...filters, ...part });
  const others = choices?.colleagues.filter((one) => one.id !== me) ?? [];
  return (
    <div class="filters">
      <Pick label={h('filter.level')} value={filters.level} onValue={(level) => set({ level: level as Filters['level'] })}>
        {[...LEVELS].reverse().map((level) => (
          <option key={level} value={level}>
            {h(`level.${level}`)}
          </option>
        ))}
      </Pick>
      <Pick label={h('filter.unit')} value={filters.unit} onValue={(unit) => set({ unit })}>
        {choices?.units.map((unit) => (
          <option key={unit.id} value={unit.id}>
            {unit.name}
          </option>
        ))}
      </Pick>
      <Pick label={h('filter.assigned')} value={filters.assigned} onValue={(assigned) => set({ assigned })}>
        <option value="me">{h('filter.me')}</option>
        <option value="nobody">{h('filter.nobody')}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </Pick>
      <Day label={h('filter.from')} value={filters.from} onValue={(from) => set({ from })} />
      <Day label={h('filter.to')} value={filters.to} onValue={(to) => set({ to })} />
      <label class="tick">
        <input type="checkbox" checked={filters.overdue} onChange={(event) => set({ overdue: event.currentTarget.checked })} />
        {h('filter.overdue', { n: counts?.overdue ?? 0 })}
      </label>
    </div>
  );
}

interface PickProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  children: ComponentChildren;
}

function Pick({ label, value, onValue, children }: PickProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="input" value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">{h('filter.any')}</option>
        {children}
      </select>
    </div>
  );
}

function Day({ label, value, onValue }: Omit<PickProps, 'children'>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} class="input" type="date" value={value} onChange={(event) => onValue(event.currentTarget.value)} />
    </div>
  );
}
