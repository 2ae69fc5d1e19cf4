import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../api/client';
import { queryClient } from '../api/queries';
import type { SignIn } from '../api/shapes';
import { whenOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';
import { browserOf } from './browser';
import { LogOut } from './LogOut';

export default function Sessions() {
  const query = useQuery({ queryKey: ['sessions'], queryFn: () => fetchJson<SignIn[]>('/me/sessions') });
  async function end(id: string): Promise<void> {
    try {
      await fetchJson(`/me/sessions/${id}`, { method: 'DELETE' });
      await queryClient.invalidateQueries({ queryKey: ['sessions'] });
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  return (
    <Screen title={t('me.sessions')} back="/me">
      <Loaded query={query}>
        {(sessions) => (
          <div class="stack">
            <ul class="list">
              {sessions.map((one) => (
                <li key={one.id} class="item">
                  <span class="grow">
                    <span class="block">{browserOf(one.user_agent)}</span>
                    <span class="small muted">
                      {one.current ? t('me.sessions.this') : t('me.sessions.seen', { when: whenOf(one.last_used_at) })}
                    </span>
                  </span>
                  {!one.current && (
                    <button class="button" type="button" onClick={() => void end(one.id)}>
                      {t('me.sessions.end')}
                    </button>
                  )}
                </li>
              ))}
            </ul>
            <LogOut verb={t('me.sessions.all')} danger first={() => fetchJson('/me/sessions', { method: 'DELETE' })} />
          </div>
        )}
      </Loaded>
    </Screen>
  );
}
