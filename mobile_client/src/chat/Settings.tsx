import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { queryClient } from '../api/queries';
import type { ChatSettingsOut } from '../api/shapes';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Confirm } from '../ui/Dialog';
import { useSettled } from '../ui/settled';
import { toast } from '../ui/Toast';

/** Free talk where the organisation has a language model, and forgetting the conversation. */
export function Settings() {
  const settings = useQuery({ queryKey: ['chat-settings'], queryFn: () => fetchJson<ChatSettingsOut>('/chat/settings') });
  const [asking, setAsking] = useState(false);

  const act = useSettled(async (work: () => Promise<unknown>, key: string) => {
    try {
      await work();
      await queryClient.invalidateQueries({ queryKey: [key] });
    } catch (error) {
      toast(sayProblem(error));
    }
    setAsking(false);
  });

  return (
    <div class="stack-s">
      {settings.data?.available && (
        <label class="tick">
          <input
            type="checkbox"
            checked={settings.data.free_talk}
            onChange={(event) => {
              const json = { free_talk: event.currentTarget.checked };
              act(() => fetchJson('/chat/settings', { method: 'PUT', json }), 'chat-settings');
            }}
          />
          <span>
            <span class="block">{t('chat.free')}</span>
            <span class="small muted">{t('chat.free.text')}</span>
          </span>
        </label>
      )}
      <div>
        <button class="button" type="button" onClick={() => setAsking(true)}>
          {t('chat.forget')}
        </button>
      </div>
      {asking && (
        <Confirm
          title={t('chat.forget.title')}
          text={t('chat.forget.text')}
          verb={t('app.delete')}
          danger
          onConfirm={() => act(() => fetchJson('/chat/messages', { method: 'DELETE' }), 'chat')}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
