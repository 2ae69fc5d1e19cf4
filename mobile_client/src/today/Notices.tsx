import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { queryClient, useNotices } from '../api/queries';
import type { NoticeOut } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import type { Key } from '../i18n/en';
import { t } from '../i18n/t';
import { Link } from '../ui/Link';
import { toast } from '../ui/Toast';

/** The newest few; older ones step back so that the screen stays calm. */
const SHOWN = 3;
const SNOOZE_MINUTES = 60;

export function Notices() {
  const query = useNotices();
  const [all, setAll] = useState(false);
  if (!query.data) return null;
  const notices = query.data.items;
  const shown = all ? notices : notices.slice(0, SHOWN);
  return (
    <section class="stack-s">
      <h2 class="h3">{t('today.notes')}</h2>
      {notices.length === 0 && <p class="muted small">{t('today.notes.none')}</p>}
      {shown.length > 0 && (
        <ul class="list">
          {shown.map((notice) => (
            <Note key={notice.id} notice={notice} />
          ))}
        </ul>
      )}
      {notices.length > shown.length && (
        <button class="button plain" type="button" onClick={() => setAll(true)}>
          {t('app.more')}
        </button>
      )}
    </section>
  );
}

/** Where a note leads; those that offer support are asked about afterwards. */
const LEADS: Readonly<Record<string, { to: string; label: Key }>> = {
  lower_moderate: { to: '/chat', label: 'nav.chat' },
  lower_high: { to: '/chat', label: 'nav.chat' },
  case_status: { to: '/me/cases', label: 'me.cases' },
  case_new: { to: '/hr', label: 'nav.hr.title' },
  case_assigned: { to: '/hr?assigned=me', label: 'nav.hr.title' },
  case_reminder: { to: '/hr?overdue=1', label: 'nav.hr.title' },
  group_alert: { to: '/hr/alerts', label: 'nav.hr.title' },
  group_summary: { to: '/hr/insights', label: 'nav.hr.title' },
  who5_due: { to: '/questionnaire/who5', label: 'today.questionnaire' },
  consent_renewal: { to: '/me/consents', label: 'me.consents' },
};
const SUPPORT = ['lower_moderate', 'lower_high', 'steadier'];
const PROMPT = 'mood_prompt';

async function tell(path: string, json: object, thanks: string): Promise<void> {
  try {
    await fetchJson(path, { method: 'POST', json });
    if (thanks) toast(thanks);
    await queryClient.invalidateQueries({ queryKey: ['notices'] });
  } catch (error) {
    toast(sayProblem(error));
  }
}

function Note({ notice }: { notice: NoticeOut }) {
  const lead = LEADS[notice.kind];
  return (
    <li class="item note-item">
      <div class="grow stack-s">
        <h3>{notice.title}</h3>
        <p>{notice.text}</p>
        <p class="small muted">{whenOf(notice.created_at)}</p>
        {lead && <Link to={lead.to}>{t(lead.label)}</Link>}
        {SUPPORT.includes(notice.kind) && notice.helpful == null && <Helpful id={notice.id} />}
        {notice.kind === PROMPT && (
          <div>
            <button
              class="choice"
              type="button"
              onClick={() => void tell(`/notices/${notice.id}/snooze`, { minutes: SNOOZE_MINUTES }, t('today.later.done'))}
            >
              {t('today.later')}
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

function Helpful({ id }: { id: string }) {
  return (
    <div class="row">
      <span class="small muted">{t('today.notes.helpful')}</span>
      {([true, false] as const).map((helpful) => (
        <button
          key={`${helpful}`}
          class="choice"
          type="button"
          onClick={() => void tell(`/notices/${id}/feedback`, { helpful }, t('today.thanks'))}
        >
          {t(helpful ? 'today.yes' : 'today.no')}
        </button>
      ))}
    </div>
  );
}
