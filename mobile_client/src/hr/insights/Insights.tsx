import { useId } from 'preact/hooks';
import { dayOf } from '../../i18n/dates';
import { sayProblem } from '../../i18n/problem';
import { navigate, useSearch } from '../../router';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { toast } from '../../ui/Toast';
import { asked, download, useInsights, useOverview, type Wanted } from '../api';
import { dayName } from '../days';
import { DepartmentField } from '../DepartmentField';
import type { InsightPage, Overview as Shown, View } from '../shapes';
import { useWide } from '../wide';
import { h } from '../words';
import { PERIODS, type Period, spanOf } from './figures';
import { Overview } from './Overview';
import { Panels } from './Panels';

interface Asking {
  view: View | 'overview';
  department: string;
  weeks: Period;
}

const VIEWS = ['trend', 'stress', 'hours', 'groups', 'participation', 'support', 'wellbeing'] as const satisfies readonly View[];

function read(search: URLSearchParams): Asking {
  return {
    view: VIEWS.find((name) => name === search.get('view')) ?? 'overview',
    department: search.get('department') ?? '',
    weeks: PERIODS.find((count) => `${count}` === search.get('weeks')) ?? 26,
  };
}

const address = ({ view, department, weeks }: Asking): string =>
  `/hr/insights?${new URLSearchParams({ view, ...(department && { department }), weeks: `${weeks}` })}`;

/** Group figures: published week by week, never computed for the question asked. */
export default function Insights() {
  const asking = read(useSearch());
  const overview = useOverview();
  return (
    <Screen title={h('insights.title')}>
      <div class="stack">
        <Pages asking={asking} />
        <Loaded query={overview}>
          {(known) => (asking.view === 'overview' ? <Overview overview={known} /> : <Page asking={{ ...asking, view: asking.view, department: idOf(asking.department, known) }} overview={known} />)}
        </Loaded>
      </div>
    </Screen>
  );
}

/** An address written by hand, or from an alert, may name the department; one that is gone means everybody, as the field says. */
const idOf = (wanted: string, known: Shown): string => known.departments.find((one) => one.id === wanted || one.name === wanted)?.id ?? '';

const PAGES = ['overview', ...VIEWS] as const;
const nameOf = (page: (typeof PAGES)[number]): string => h(`view.${page}`);

/** Side by side at a desk; on a phone eight of them would fill the screen, so there they are one field. */
function Pages({ asking }: { asking: Asking }) {
  const id = useId();
  if (!useWide())
    return (
      <div class="field">
        <label for={id}>{h('insights.view')}</label>
        <select id={id} class="input" value={asking.view} onChange={(event) => navigate(address({ ...asking, view: event.currentTarget.value as Asking['view'] }), 'replace')}>
          {PAGES.map((name) => (
            <option key={name} value={name}>
              {nameOf(name)}
            </option>
          ))}
        </select>
      </div>
    );
  return (
    <nav class="choices" aria-label={h('insights.view')}>
      {PAGES.map((name) => (
        <Link key={name} to={address({ ...asking, view: name })} replace class="choice" aria-current={name === asking.view ? 'page' : undefined}>
          {nameOf(name)}
        </Link>
      ))}
    </nav>
  );
}

function Page({ asking, overview }: { asking: Asking & { view: View }; overview: Shown }) {
  const wanted = { department: asking.department, ...spanOf(asking.weeks, dayOf()) };
  const query = useInsights(asking.view, wanted);
  return (
    <>
      <Filters asking={asking} overview={overview} />
      <Loaded query={query}>
        {(page) => (
          <>
            <p class="muted">{page.about}</p>
            {page.hidden ? <Hidden page={page} asking={asking} /> : <Panels page={page} key={`${page.view}${asked(wanted)}`} />}
            <div class="row between">
              <p class="small muted">{h('insights.next', { date: dayName(page.next_publication) })}</p>
              <FileButton view={page.view} wanted={wanted} />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Filters({ asking, overview }: { asking: Asking; overview: Shown }) {
  const period = useId();
  const go = (part: Partial<Asking>): void => navigate(address({ ...asking, ...part }), 'replace');
  return (
    <div class="filters">
      <DepartmentField departments={overview.departments} value={asking.department} onValue={(department) => go({ department })} />
      <div class="field">
        <label for={period}>{h('insights.period')}</label>
        <select id={period} class="input" value={asking.weeks} onChange={(event) => go({ weeks: Number(event.currentTarget.value) as Period })}>
          {PERIODS.map((count) => (
            <option key={count} value={count}>
              {h('insights.weeks', { n: count })}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function Hidden({ page, asking }: { page: InsightPage; asking: Asking }) {
  return (
    <section class="card stack-s" data-hidden={page.hidden}>
      <h2 class="h3 mark-line">
        <Icon name="lock" /> {h('insights.hidden.page')}
      </h2>
      <p>{page.hidden && page.reasons[page.hidden]}</p>
      {asking.department && (
        <div>
          <Link class="button" to={address({ ...asking, department: '' })} replace>
            {h('insights.show.all')}
          </Link>
        </div>
      )}
    </section>
  );
}

function FileButton({ view, wanted }: { view: View; wanted: Wanted }) {
  const save = (): Promise<void> =>
    download(`/hr/insights/${view}.csv?${asked(wanted)}`, `${view}-${wanted.from}-${wanted.to}.csv`).catch((error: unknown) => toast(sayProblem(error)));
  return (
    <button class="button" type="button" onClick={() => void save()}>
      <Icon name="download" />
      {h('insights.file')}
    </button>
  );
}
