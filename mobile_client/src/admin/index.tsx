import type { VNode } from 'preact';
import { OfflineError } from '../api/errors';
import { useMe } from '../api/queries';
import { useSpoken } from '../i18n/lazy';
import { t } from '../i18n/t';
import { match, usePath } from '../router';
import { Icon, type IconName } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Fault, Loaded, Loading } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import '../hr/hr.css';
import './admin.css';
import Cameras from './cameras/Cameras';
import Sign from './cameras/Sign';
import Audit from './operation/Audit';
import Jobs from './operation/Jobs';
import Departments from './people/Departments';
import Invites from './people/Invites';
import Members from './people/Members';
import Organisation from './people/Organisation';
import { administers } from './ready';
import PolicyInForce from './rules/Policy';
import { AssessmentRules, CaseRules, RetentionRules } from './rules/Numbers';
import { a, words } from './words';

/** Entry of the administrator's pages: a chunk of its own, with its own words. */
export default function Administration() {
  const { ready, failed, listen } = useSpoken(words);
  const me = useMe();
  if (failed) return <Fault error={new OfflineError()} onRetry={listen} />;
  return <Loaded query={me}>{({ role }) => (!ready ? <Loading /> : administers(role) ? <Pages /> : <Refused />)}</Loaded>;
}

function Refused() {
  return (
    <Screen title={t('nav.admin')} back="/today">
      <p class="empty">{a('refused')}</p>
    </Screen>
  );
}

const ENTRIES = [
  ['cameras', '/admin', 'camera'],
  ['people', '/admin/people', 'me'],
  ['rules', '/admin/rules', 'check'],
  ['operation', '/admin/operation', 'list'],
] as const satisfies readonly (readonly [string, string, IconName])[];

const PAGES: Readonly<Record<string, () => VNode>> = {
  '/admin': () => <Cameras />,
  '/admin/people': () => <Invites />,
  '/admin/people/departments': () => <Departments />,
  '/admin/people/members': () => <Members />,
  '/admin/people/organisation': () => <Organisation />,
  '/admin/rules': () => <PolicyInForce />,
  '/admin/rules/assessment': () => <AssessmentRules />,
  '/admin/rules/cases': () => <CaseRules />,
  '/admin/rules/retention': () => <RetentionRules />,
  '/admin/operation': () => <Jobs />,
  '/admin/operation/audit': () => <Audit />,
};

const isHere = (path: string, to: string): boolean =>
  to === '/admin' ? path === to || path.startsWith('/admin/cameras') : path.startsWith(to);

/** `hr`: the same desk as the HR console's, in width, rail and tables. */
function Pages() {
  const path = usePath();
  return (
    <div class="hr admin">
      <Shown path={path.replace(/\/$/, '')} />
      <nav class="nav" aria-label={t('nav.admin')}>
        {ENTRIES.map(([name, to, icon]) => (
          <Link key={name} to={to} class="nav-item" aria-current={isHere(path, to) ? 'page' : undefined}>
            <Icon name={icon} />
            <span>{a(`nav.${name}`)}</span>
          </Link>
        ))}
        <Link to="/today" class="nav-item nav-away">
          <Icon name="today" />
          <span>{a('nav.app')}</span>
        </Link>
      </nav>
    </div>
  );
}

function Shown({ path }: { path: string }) {
  const sign = match('/admin/cameras/:id/sign', path);
  if (sign) return <Sign id={sign.id ?? ''} />;
  const page = PAGES[path];
  if (page) return page();
  return (
    <Screen title={t('nav.admin')} back="/admin">
      <p class="empty">{t('app.notfound')}</p>
    </Screen>
  );
}
