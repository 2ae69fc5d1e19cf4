import { QueryClientProvider } from '@tanstack/preact-query';
import type { ComponentType, VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { queryClient, useMe } from './api/queries';
import type { Profile } from './api/shapes';
import { administers } from './admin/ready';
import { HR_READY, worksInHr } from './hr/ready';
import { isDay } from './i18n/dates';
import { t, useLanguage } from './i18n/t';
import { readOne } from './outbox/database';
import { match, navigate, type Params, usePath } from './router';
import { recall } from './session/owner';
import { session } from './session/session';
import { agree } from './session/tongue';
import Today from './today/Today';
import { Icon, type IconName } from './ui/Icon';
import { lazy } from './ui/lazy';
import { Link } from './ui/Link';
import { Loading } from './ui/Loaded';
import { Screen } from './ui/Screen';
import { useStore } from './ui/store';
import { Toast } from './ui/Toast';
import Welcome from './welcome/Welcome';

const page = (load: () => Promise<{ default: ComponentType }>): ComponentType => lazy(() => load().then((found) => found.default));

const CheckIn = page(() => import('./capture/CheckIn'));
const ClipIn = page(() => import('./capture/ClipIn'));
const Outbox = page(() => import('./capture/Outbox'));
const Sent = lazy(() => import('./capture/Sent').then((found) => found.default));
const Reading = lazy(() => import('./reading/Reading').then((found) => found.default));
const History = page(() => import('./history/History'));
const Day = lazy(() => import('./history/Day').then((found) => found.default));
const Chat = page(() => import('./chat/Chat'));
const Breathe = page(() => import('./chat/Breathe'));
const Ground = page(() => import('./chat/Ground'));
const Questionnaires = lazy(() => import('./chat/Questionnaire').then((found) => found.Questionnaires));
const Questionnaire = lazy(() => import('./chat/Questionnaire').then((found) => found.default));
const First = page(() => import('./consent/First'));
const Help = page(() => import('./help/Help'));
const Kiosk = page(() => import('./kiosk/Kiosk'));
const Me = page(() => import('./me/Me'));
const Profile = page(() => import('./me/Profile'));
const Consents = page(() => import('./me/Consents'));
const Agreements = page(() => import('./me/Agreements'));
const Channels = page(() => import('./me/Channels'));
const Access = page(() => import('./me/Access'));
const Cases = page(() => import('./me/Cases'));
const Face = page(() => import('./me/Face'));
const Sessions = page(() => import('./me/Sessions'));
const Export = page(() => import('./me/Export'));
const Erase = page(() => import('./me/Erase'));
const Hr = page(() => import('./hr'));
const Administration = page(() => import('./admin'));

type Show = (params: Params) => VNode;

/** Open to everybody: help must never stand behind a log-in. */
const OPEN: Readonly<Record<string, Show>> = {
  '/help': () => <Help />,
  '/chat/breathe': () => <Breathe />,
  '/chat/ground': () => <Ground />,
  '/kiosk': () => <Kiosk />,
};

const SIGNED_IN: Readonly<Record<string, Show>> = {
  '/': () => <Today />,
  '/today': () => <Today />,
  '/welcome/consent': () => <First />,
  '/checkin': () => <CheckIn />,
  '/checkin/clip': () => <ClipIn />,
  '/checkin/:id': ({ id = '' }) => <Sent id={id} />,
  '/outbox': () => <Outbox />,
  '/reading/:id': ({ id = '' }) => <Reading id={id} />,
  '/history': () => <History />,
  '/history/day/:day': ({ day = '' }) => (isDay(day) ? <Day day={day} key={day} /> : <NotFound />),
  '/chat': () => <Chat />,
  '/questionnaires': () => <Questionnaires />,
  '/questionnaire/:name': ({ name = '' }) => <Questionnaire name={name} key={name} />,
  '/me': () => <Me />,
  '/me/profile': () => <Profile />,
  '/me/consents': () => <Consents />,
  '/me/agreements': () => <Agreements />,
  '/me/channels': () => <Channels />,
  '/me/access': () => <Access />,
  '/me/cases': () => <Cases />,
  '/me/face': () => <Face />,
  '/me/sessions': () => <Sessions />,
  '/me/export': () => <Export />,
  '/me/erase': () => <Erase />,
};

const NAV = [
  ['today', '/today'],
  ['history', '/history'],
  ['chat', '/chat'],
  ['me', '/me'],
] as const satisfies readonly (readonly [IconName, string])[];

function find(routes: Readonly<Record<string, Show>>, path: string): VNode | null {
  for (const [pattern, show] of Object.entries(routes)) {
    const params = match(pattern, path);
    if (params) return show(params);
  }
  return null;
}

function NotFound() {
  return (
    <Screen title={t('app.name')}>
      <div class="empty">
        <p>{t('app.notfound')}</p>
        <Link to="/today" class="button primary">
          {t('app.home')}
        </Link>
      </div>
    </Screen>
  );
}

function current(path: string, signedIn: boolean): VNode {
  const open = find(OPEN, path);
  if (open) return open;
  if (path === '/reset') return <Welcome first="reset" />;
  if (!signedIn) return <Welcome />;
  if (HR_READY && (path === '/hr' || path.startsWith('/hr/'))) return <Hr />;
  if (path === '/admin' || path.startsWith('/admin/')) return <Administration />;
  return find(SIGNED_IN, path) ?? <NotFound />;
}

/** Screens with one task of their own have no navigation in the way. */
const ALONE = ['/checkin', '/welcome', '/kiosk', '/hr', '/admin', '/reset'];

/** Of those who work with the installation, beside the app that is theirs like everybody's. */
const DESKS = [
  ['hr', '/hr', worksInHr],
  ['admin', '/admin', administers],
] as const;

function Navigation({ path }: { path: string }) {
  const role = useMe().data?.role;
  const desks = DESKS.flatMap(([name, to, worksThere]) => (worksThere(role) ? [[name, to] as const] : []));
  const here = (to: string): boolean => path.startsWith(to) || (to === '/today' && (path === '/' || path.startsWith('/reading')));
  return (
    <nav class="nav" aria-label={t('nav.label')}>
      {[...NAV, ...desks].map(([name, to]) => (
        <Link key={name} to={to} class="nav-item" aria-current={here(to) ? 'page' : undefined}>
          <Icon name={name === 'hr' || name === 'admin' ? 'desk' : name} />
          <span>{t(`nav.${name}`)}</span>
        </Link>
      ))}
    </nav>
  );
}

function Frame() {
  useLanguage();
  const path = usePath();
  const { phase } = useStore(session);
  const signedIn = phase === 'in';
  useEffect(() => {
    if (signedIn) recall().then(agree).catch(() => undefined); // offline: the next start tries again
  }, [signedIn]);
  useEffect(() => {
    if (signedIn) void import('./me/subscription').then(({ renew }) => renew()).catch(() => undefined); // the next start tries again
  }, [signedIn]);
  useEffect(() => {
    // A reload in the middle of the first choices comes back to them, from anywhere but help.
    const back = signedIn && !find(OPEN, location.pathname);
    if (back) void readOne('local', 'consent-open').then((open) => open && navigate('/welcome/consent', 'replace'));
  }, [signedIn]);
  if (phase === 'starting' && !find(OPEN, path)) return <Loading />;
  const withNav = signedIn && !ALONE.some((prefix) => path.startsWith(prefix));
  return (
    <div class={`shell ${withNav ? 'with-nav' : ''}`}>
      <a class="button skip" href="#content">
        {t('app.skip')}
      </a>
      <div class="screen" key={path}>
        {current(path, signedIn)}
      </div>
      {withNav && <Navigation path={path} />}
      <Toast />
    </div>
  );
}

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Frame />
    </QueryClientProvider>
  );
}
