import { useId } from 'preact/hooks';
import { useMe } from '../../api/queries';
import { Choices } from '../../ui/Field';
import { Select } from '../../ui/Select';
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
  const any = { value: '', label: h('filter.any') } as const;
  const units = choices?.units.map((unit) => ({ value: unit.id, label: unit.name })) ?? [];
  const others = choices?.colleagues.filter((one) => one.id !== me) ?? [];
  const hands = [
    { value: 'me', label: h('filter.me') },
    { value: 'nobody', label: h('filter.nobody') },
    ...others.map((one) => ({ value: one.id, label: one.name })),
  ];
  return (
    <div class="filters">
      <Select
        label={h('filter.level')}
        value={filters.level}
        options={[any, ...[...LEVELS].reverse().map((level) => ({ value: level, label: h(`level.${level}`) }))]}
        onValue={(level) => set({ level })}
      />
      <Select label={h('filter.unit')} value={filters.unit} options={[any, ...units]} onValue={(unit) => set({ unit })} />
      <Select label={h('filter.assigned')} value={filters.assigned} options={[any, ...hands]} onValue={(assigned) => set({ assigned })} />
      <Day label={h('filter.from')} value={filters.from} onValue={(from) => set({ from })} />
      <Day label={h('filter.to')} value={filters.to} onValue={(to) => set({ to })} />
      <label class="tick">
        <input type="checkbox" checked={filters.overdue} onChange={(event) => set({ overdue: event.currentTarget.checked })} />
        {h('filter.overdue', { n: counts?.overdue ?? 0 })}
      </label>
    </div>
  );
}

interface DayProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
}

function Day({ label, value, onValue }: DayProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} class="input" type="date" value={value} onChange={(event) => onValue(event.currentTarget.value)} />
    </div>
  );
}
