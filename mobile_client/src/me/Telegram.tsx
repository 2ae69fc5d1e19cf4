import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import { queryClient, useConsents } from '../api/queries';
import { PurposeSwitch } from '../consent/Purpose';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { toast } from '../ui/Toast';

interface Link {
  linked: boolean;
  available: boolean;
}

interface Code {
  code: string;
  url?: string | null;
}

/** Consent first, then a one-time code that the person sends to the bot. */
export function Telegram() {
  const consent = useConsents().data?.find((state) => state.purpose === 'telegram');
  const link = useQuery({
    queryKey: ['telegram'],
    queryFn: () => fetchJson<Link>('/me/telegram'),
    enabled: consent?.granted === true,
    staleTime: 0, // whoever comes back from Telegram has used the code
  });
  if (!consent) return null;
  return (
    <>
      <PurposeSwitch state={consent} />
      {consent.granted && link.data && <Linking link={link.data} />}
    </>
  );
}

function Linking({ link }: { link: Link }) {
  const [code, setCode] = useState<Code | null>(null);
  async function act(work: () => Promise<Code | null>): Promise<void> {
    try {
      setCode(await work());
      await queryClient.invalidateQueries({ queryKey: ['telegram'] });
    } catch (error) {
      toast(sayProblem(error));
    }
  }
  if (!link.available) return <p class="muted">{t('channels.telegram.off')}</p>;
  if (link.linked)
    return (
      <div class="row between">
        <p>{t('channels.telegram.linked')}</p>
        <button class="button" type="button" onClick={() => void act(() => fetchJson('/me/telegram', { method: 'DELETE' }))}>
          {t('channels.telegram.unlink')}
        </button>
      </div>
    );
  return (
    <div class="stack-s">
      {code ? (
        <>
          <p class="code">{t('channels.telegram.code', { code: code.code })}</p>
          {code.url && (
            <a class="button" href={code.url} target="_blank" rel="noreferrer">
              {t('channels.telegram.bot')}
            </a>
          )}
        </>
      ) : (
        <button class="button" type="button" onClick={() => void act(() => fetchJson<Code>('/me/telegram/code', { method: 'POST' }))}>
          {t('channels.telegram.link')}
        </button>
      )}
    </div>
  );
}
