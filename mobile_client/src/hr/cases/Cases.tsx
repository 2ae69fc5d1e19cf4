import { dayOf, whenOf } from '../../i18n/dates';
import { sayProblem } from '../../i18n/problem';
import { navigate, useSearch } from '../../router';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { More } from '../../ui/More';
import { Screen } from '../../ui/Screen';
import { useStore } from '../../ui/store';
import { toast } from '../../ui/Toast';
import { download, useCasePages } from '../api';
import { line } from '../live';
import type { Row } from '../shapes';
import { Scroll } from '../Scroll';
import { useWide } from '../wide';
import { h } from '../words';
import { FilterBar } from './FilterBar';
import { address, type Filters, NOTHING, narrowed, query, read } from './filters';
import { Late, LevelMark, StatusMark } from './Marks';

/** The table of the corporate paper's Fig. 7, with what HR needs to act. */
export default function Cases() {
  const filters = read(useSearch());
  const pages = useCasePages(query(filters));
  const counts = pages.data?.pages[0]?.counts;
  const change = (next: Filters): void => navigate(address(next), 'replace');
  return (
    <Screen title={h('cases.title')}>
      <div class="stack">
        <div class="row between">
          <p class="muted">{h('cases.lead')}</p>
          <LiveLamp />
        </div>
        <FilterBar filters={filters} counts={counts} onChange={change} />
        <Loaded query={pages}>
          {({ pages: loaded }) => {
            const rows = loaded.flatMap((page) => page.items);
            if (!rows.length) return <Empty filters={filters} onClear={() => change(NOTHING)} />;
            return (
              <>
                <Rows rows={rows} />
                <div class="row between">
                  <p class="small muted">{h('cases.count', { n: rows.length })}</p>
                  <More pages={pages} />
                  <FileButton filters={filters} />
                </div>
              </>
            );
          }}
        </Loaded>
      </div>
    </Screen>
  );
}

function LiveLamp() {
  const state = useStore(line);
  if (state === 'refused') return null;
  return (
    <p class="row small muted" role="status" data-line={state}>
      <span class={`lamp ${state === 'on' ? 'ok' : ''}`} aria-hidden="true" />
      {h(`live.${state}`)}
    </p>
  );
}

function Empty({ filters, onClear }: { filters: Filters; onClear: () => void }) {
  if (filters.state === 'open' && !narrowed(filters)) return <p class="card empty">{h('cases.none')}</p>;
  return (
    <div class="card empty">
      <p>{h('cases.nomatch')}</p>
      <button class="button" type="button" onClick={onClear}>
        {h('cases.clear')}
      </button>
    </div>
  );
}

function FileButton({ filters }: { filters: Filters }) {
  const save = (): Promise<void> =>
    download(`/hr/escalations.csv?${query(filters)}`, `cases-${dayOf()}.csv`).catch((error: unknown) => toast(sayProblem(error)));
  return (
    <button class="button" type="button" onClick={() => void save()}>
      <Icon name="download" />
      {h('cases.file')}
    </button>
  );
}

const COLUMNS = ['hour', 'number', 'name', 'unit', 'level', 'status', 'assignee', 'due', 'report'] as const;

function Rows({ rows }: { rows: readonly Row[] }) {
  return useWide() ? <Table rows={rows} /> : <Cards rows={rows} />;
}

function Table({ rows }: { rows: readonly Row[] }) {
  return (
    <Scroll class="card flush" label={h('cases.table')}>
      <table class="cases">
        <caption class="hidden">{h('cases.table')}</caption>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {h(`column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-case={row.number}>
              <td class="nowrap">{whenOf(row.hour)}</td>
              <td>{row.number}</td>
              <th scope="row"><bdi>{row.name}</bdi></th>
              <td>{row.unit ?? <span class="muted">{h('cases.unit.none')}</span>}</td>
              <td>
                <LevelMark level={row.level} />
              </td>
              <td>
                <StatusMark status={row.status} />
              </td>
              <td>{row.assignee?.name ?? <span class="muted">{h('cases.nobody')}</span>}</td>
              <td>
                <Due row={row} />
              </td>
              <td>
                <Link to={`/hr/cases/${row.id}`} class="button small-button" aria-label={`${h('cases.open')}: ${h('case.title', { number: `${row.number}` })}`}>
                  {h('cases.open')}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Due({ row }: { row: Row }) {
  if (!row.due_at) return <span class="muted">–</span>;
  return (
    <>
      <span class="nowrap">{whenOf(row.due_at)}</span> <Late row={row} />
      {row.reminders > 0 && <span class="block small muted">{h('cases.reminded', { n: row.reminders })}</span>}
    </>
  );
}

/** The same lines on a phone: the whole card is the link. */
function Cards({ rows }: { rows: readonly Row[] }) {
  return (
    <ul class="list">
      {rows.map((row) => (
        <li key={row.id} data-case={row.number}>
          <Link to={`/hr/cases/${row.id}`} class="item">
            <span class="grow stack-s">
              <span class="row between">
                <strong>
                  {row.number} · <bdi>{row.name}</bdi>
                </strong>
                <StatusMark status={row.status} />
              </span>
              <span class="row between small">
                <LevelMark level={row.level} />
                <span class="muted">{[row.unit, whenOf(row.hour)].filter(Boolean).join(' · ')}</span>
              </span>
              {row.due_at && (
                <span class="small muted">
                  {h('case.due', { when: whenOf(row.due_at) })} <Late row={row} />
                </span>
              )}
              <span class="small muted">
                {h('column.assignee')}: {row.assignee?.name ?? h('cases.nobody')}
              </span>
            </span>
            <Icon name="next" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
