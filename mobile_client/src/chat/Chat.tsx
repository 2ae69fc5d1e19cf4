import { useMutation, useQuery } from '@tanstack/preact-query';
import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchJson } from '../api/client';
import type { Answer, MessageOut as Message, Page } from '../api/shapes';
import { queryClient } from '../api/queries';
import { t } from '../i18n/t';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Fault, Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Bubble } from './Bubble';
import { Settings } from './Settings';

interface Said {
  text?: string;
  choice?: string;
  shown: string;
}

/** Screens that the person asked for in words; nothing happens there before they confirm. */
const CUES = {
  share: { to: '/me/cases', label: 'chat.cue.share' },
  erase_account: { to: '/me/erase', label: 'chat.cue.erase_account' },
} as const;

function Cue({ cue }: { cue: keyof typeof CUES }) {
  return (
    <Link to={CUES[cue].to} class="button">
      {t(CUES[cue].label)}
      <Icon name="next" />
    </Link>
  );
}

const useMessages = () =>
  useQuery({ queryKey: ['chat'], queryFn: () => fetchJson<Page<Message>>('/chat/messages'), staleTime: 5_000 });

export default function Chat() {
  const [mine, setMine] = useState<string | null>(null);
  const [cue, setCue] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: ({ text, choice }: Said) =>
      fetchJson<Answer>('/chat/messages', { method: 'POST', json: choice ? { choice } : { text } }),
    onSuccess: ({ cues }) => setCue(cues?.find((one) => one in CUES) ?? null),
    onMutate: ({ shown }) => setMine(shown),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['chat'] }).finally(() => setMine(null)),
  });
  return (
    <Screen title={t('chat.title')}>
      <div class="chat">
        <p class="small muted">{t('chat.lead')}</p>
        <Tools />
        <Loaded query={useMessages()}>
          {(data) => <Thread messages={data.items} mine={mine} busy={send.isPending} say={send.mutate} />}
        </Loaded>
        {cue && <Cue cue={cue as keyof typeof CUES} />}
        {send.isError && (
          <>
            {send.variables.text && <p class="small muted">{t('chat.failed')}</p>}
            <Fault error={send.error} />
          </>
        )}
        <Composer busy={send.isPending} unsent={send.isError ? send.variables.text : undefined} say={(text) => send.mutate({ text, shown: text })} />
      </div>
    </Screen>
  );
}

function Tools() {
  return (
    <details>
      <summary>{t('chat.tools')}</summary>
      <div class="choices">
        <Link class="choice" to="/chat/breathe">
          {t('chat.breathe')}
        </Link>
        <Link class="choice" to="/chat/ground">
          {t('chat.ground')}
        </Link>
        <Link class="choice" to="/questionnaires">
          {t('chat.questionnaires')}
        </Link>
      </div>
      <Settings />
    </details>
  );
}

const STARTERS = ['chat.start.1', 'chat.start.2', 'chat.start.3', 'chat.start.4'] as const;

interface ThreadProps {
  messages: readonly Message[];
  mine: string | null;
  busy: boolean;
  say: (said: Said) => void;
}

function Thread({ messages, mine, busy, say }: ThreadProps) {
  const end = useRef<HTMLDivElement>(null);
  const last = messages.at(-1);
  // Not their number, which stays the same once a page is full; the choices come when nobody is busy any more.
  useEffect(() => end.current?.scrollIntoView({ block: 'end' }), [last?.id, mine, busy]);
  const choices = last?.author === 'bot' && !busy ? last.choices : [];
  return (
    <>
      <ol class="thread" aria-live="polite">
        {messages.map((message) => (
          <Bubble key={message.id} message={message} />
        ))}
        {mine && <Bubble message={{ id: 'mine', author: 'person', kind: 'text', text: mine, choices: [], created_at: '' }} />}
        {busy && <li class="bubble bot muted">{t('chat.typing')} …</li>}
      </ol>
      {messages.length === 0 && !mine && <p class="muted">{t('chat.empty')}</p>}
      <div class="choices quick">
        {messages.length === 0 && !mine
          ? STARTERS.map((key) => (
              <button key={key} class="choice" type="button" onClick={() => say({ text: t(key), shown: t(key) })}>
                {t(key)}
              </button>
            ))
          : choices.map((choice) => (
              <button key={choice.id} class="choice" type="button" onClick={() => say({ choice: choice.id, shown: choice.label })}>
                {choice.label}
              </button>
            ))}
      </div>
      <div ref={end} class="thread-end" />
    </>
  );
}

function Composer({ busy, unsent, say }: { busy: boolean; unsent: string | undefined; say: (text: string) => void }) {
  const [text, setText] = useState('');
  useEffect(() => {
    if (unsent && !text) setText(unsent); // what was written is never lost
  }, [unsent]);
  function submit(event: Event): void {
    event.preventDefault();
    const wanted = text.trim();
    if (!wanted || busy) return;
    setText('');
    say(wanted);
  }
  return (
    <form class="composer" onSubmit={submit}>
      <input
        class="input"
        value={text}
        maxLength={2000}
        aria-label={t('chat.write')}
        placeholder={t('chat.write')}
        enterkeyhint="send"
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button class="button primary" type="submit" aria-label={t('chat.send')} disabled={busy}>
        <Icon name="send" />
      </button>
    </form>
  );
}

