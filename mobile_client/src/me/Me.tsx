import { administers } from '../admin/ready';
import { useMe } from '../api/queries';
import { worksInHr } from '../hr/ready';
import { KIOSK_READY } from '../kiosk/ready';
import { t } from '../i18n/t';
import { Choices } from '../ui/Field';
import { Icon, type IconName } from '../ui/Icon';
import { Loaded } from '../ui/Loaded';
import { Row } from '../ui/Row';
import { Screen } from '../ui/Screen';
import { useStore } from '../ui/store';
import { applyTheme, theme, THEMES } from '../ui/theme';
import { LanguageChoice } from '../welcome/Welcome';
import { LogOut } from './LogOut';

const ROWS = [
  ['profile', 'me'],
  ['consents', 'check'],
  ['agreements', 'paper'],
  ['channels', 'mail'],
  ['access', 'eye'],
  ['cases', 'hands'],
  ['face', 'face'],
  ['sessions', 'device'],
  ['export', 'download'],
  ['erase', 'trash'],
] as const satisfies readonly (readonly [string, IconName])[];

export default function Me() {
  const me = useMe();
  return (
    <Screen title={t('me.title')}>
      <div class="stack">
        <Loaded query={me}>
          {(profile) => (
            <div>
              <p class="name">{profile.display_name || profile.username}</p>
              <p class="muted">{[profile.organisation, profile.department].filter(Boolean).join(' · ')}</p>
            </div>
          )}
        </Loaded>
        <ul class="list">
          {ROWS.map(([name, icon]) => (
            <Row key={name} to={`/me/${name}`} icon={icon} title={t(`me.${name}`)} text={t(`me.${name}.text`)} />
          ))}
        </ul>
        <section class="card stack">
          <h2 class="h3">{t('me.look')}</h2>
          <LanguageChoice />
          <Appearance />
        </section>
        <AtWork role={me.data?.role} />
        <LogOut verb={t('me.logout')}>
          <Icon name="out" />
        </LogOut>
      </div>
    </Screen>
  );
}

function AtWork({ role }: { role: string | undefined }) {
  const hr = worksInHr(role);
  const admin = administers(role);
  if (!hr && !admin) return null;
  return (
    <ul class="list">
      {hr && <Row to="/hr" icon="desk" title={t('nav.hr.title')} text={t('nav.hr.text')} />}
      {admin && <Row to="/admin" icon="desk" title={t('nav.admin')} text={t('nav.admin.text')} />}
      {admin && KIOSK_READY && <Row to="/kiosk" icon="device" title={t('me.kiosk')} text={t('me.kiosk.text')} />}
    </ul>
  );
}

function Appearance() {
  const options = THEMES.map((value) => ({ value, label: t(`me.theme.${value}`) }));
  return <Choices legend={t('me.theme')} name="theme" options={options} value={useStore(theme)} onValue={applyTheme} />;
}
