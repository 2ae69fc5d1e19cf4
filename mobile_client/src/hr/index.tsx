import { t } from '../i18n/t';
import { Screen } from '../ui/Screen';

/** Entry of the HR console: its own chunk, fetched when an HR person opens it. */
export default function HrConsole() {
  return (
    <Screen title={t('nav.hr')} back="/today">
      <p class="empty">{t('app.notfound')}</p>
    </Screen>
  );
}
