import { t } from '../i18n/t';
import { useSearch } from '../router';
import { Link } from '../ui/Link';
import { Screen } from '../ui/Screen';
import { Month } from './Month';
import { Readings } from './Readings';
import { Trend } from './Trend';

const VIEWS = ['month', 'trend', 'readings'] as const;

export default function History() {
  const wanted = useSearch().get('view');
  const view = VIEWS.find((name) => name === wanted) ?? 'month';
  return (
    <Screen title={t('history.title')}>
      <div class="stack">
        <nav class="tabs" aria-label={t('history.title')}>
          {VIEWS.map((name) => (
            <Link
              key={name}
              to={`/history?view=${name}`}
              replace
              class="choice"
              aria-current={name === view ? 'page' : undefined}
            >
              {t(`history.${name}`)}
            </Link>
          ))}
        </nav>
        {view === 'month' && <Month />}
        {view === 'trend' && <Trend />}
        {view === 'readings' && <Readings />}
      </div>
    </Screen>
  );
}
