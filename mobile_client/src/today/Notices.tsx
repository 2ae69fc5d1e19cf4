import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { queryClient, useNotices } from '../api/queries';
import type { NoticeOut } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { toast } from '../ui/Toast';

/** The newest few; older ones step back so that the screen stays calm. */
const SHOWN = 3;

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

function Note({ notice }: { notice: NoticeOut }) {
  async function answer(helpful: boolean): Promise<void> {
    try {
      await fetchJson(`/notices/${notice.id}/feedback`, { method: 'POST', json: { helpful } });
      toast(t('today.thanks'));
      void queryClient.invalidateQueries({ queryKey: ['notices'] });
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  return (
    <li class="item note-item">
      <div class="grow stack-s">
        <h3>{notice.title}</h3>
        <p>{notice.text}</p>
        <div class="row between">
          <span class="small muted">{whenOf(notice.created_at)}</span>
          {notice.helpful == null && (
            <span class="row">
              <span class="small muted">{t('today.notes.helpful')}</span>
              {([true, false] as const).map((helpful) => (
                <button key={`${helpful}`} class="choice" type="button" onClick={() => void answer(helpful)}>
                  {t(helpful ? 'today.yes' : 'today.no')}
                </button>
              ))}
            </span>
          )}
        </div>
      </div>
    </li>
  );
}
