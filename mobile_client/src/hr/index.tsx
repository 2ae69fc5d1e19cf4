import { useMe } from '../api/queries';
import { OfflineError } from '../api/errors';
import { useSpoken } from '../i18n/lazy';
import { t } from '../i18n/t';
import { match, usePath } from '../router';
import { Icon, type IconName } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Fault, Loaded, Loading } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import Alerts from './Alerts';
import Case from './cases/Case';
import Cases from './cases/Cases';
import Insights from './insights/Insights';
import { useLive } from './live';
import Quality from './Quality';
import { worksInHr } from './ready';
import { h, words } from './words';
import './hr.css';

/** Entry of the HR console: its own chunk with its own words, fetched when an HR person opens it. */
export default function HrConsole() {
  const { ready, failed, listen } = useSpoken(words);
  const me = useMe();
  if (failed) return <Fault error={new OfflineError()} onRetry={listen} />;
  return <Loaded query={me}>{({ role }) => (!ready ? <Loading /> : worksInHr(role) ? <Desk /> : <Refused />)}</Loaded>;
}

function Refused() {
  return (
    <Screen title={t('nav.hr.title')} back="/today">
      <p class="empty">{h('console.refused')}</p>
    </Screen>
  );
}

const PAGES = [
  ['cases', '/hr', 'hands'],
  ['insights', '/hr/insights', 'chart'],
  ['alerts', '/hr/alerts', 'bell'],
  ['quality', '/hr/quality', 'check'],
] as const satisfies readonly (readonly [string, string, IconName])[];

function Desk() {
  useLive();
  const path = usePath();
  return (
    <div class="hr">
      <Shown path={path} key={path} />
      <nav class="nav" aria-label={h('console.nav')}>
        {PAGES.map(([name, to, icon]) => (
          <Link key={name} to={to} class="nav-item" aria-current={isHere(path, to) ? 'page' : undefined}>
            <Icon name={icon} />
            <span>{h(`nav.${name}`)}</span>
          </Link>
        ))}
        <Link to="/today" class="nav-item nav-away">
          <Icon name="me" />
          <span>{h('nav.app')}</span>
        </Link>
      </nav>
    </div>
  );
}

const isHere = (path: string, to: string): boolean =>
  to === '/hr' ? path === to || path.startsWith('/hr/cases') : path.startsWith(to);

function Shown({ path }: { path: string }) {
  const one = match('/hr/cases/:id', path);
  if (one) return <Case id={one.id ?? ''} />;
  if (path === '/hr' || path === '/hr/') return <Cases />;
  if (path === '/hr/insights') return <Insights />;
  if (path === '/hr/alerts') return <Alerts />;
  if (path === '/hr/quality') return <Quality />;
  return (
    <Screen title={h('console.title')} back="/hr">
      <p class="empty">{t('app.notfound')}</p>
    </Screen>
  );
}
