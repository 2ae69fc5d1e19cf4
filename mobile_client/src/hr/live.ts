import { useEffect } from 'preact/hooks';
import { call } from '../api/client';
import { ApiError } from '../api/errors';
import { ME, queryClient } from '../api/queries';
import { createStore } from '../ui/store';

export interface News {
  event: string;
  data: string;
}

/** Server-sent events out of pieces of text as they arrive; a comment keeps the line warm and says nothing. */
export function listener(heard: (news: News) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => line && !line.startsWith(':'));
      const field = (name: string): string[] =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
      if (lines.length) heard({ event: field('event').at(-1) ?? 'message', data: field('data').join('\n') });
    }
  };
}

export type Line = 'joining' | 'on' | 'off' | 'refused';
export const line = createStore<Line>('joining');

/** An API that is being restarted comes back in seconds; after a minute of trying once a minute is enough. */
const PAUSES_MS = [1000, 2000, 5000, 15_000, 60_000];

/** The server says something every 20 seconds: after a minute of silence the line is dead, as after a night's sleep. */
const SILENCE_MS = 60_000;

/** Hangs up on a line that has gone quiet; `heard` says that it has not. */
function watched(signal: AbortSignal): { signal: AbortSignal; heard: () => void; end: () => void } {
  const line = new AbortController();
  const hangUp = (): void => line.abort();
  let timer = setTimeout(hangUp, SILENCE_MS);
  signal.addEventListener('abort', hangUp);
  return {
    signal: line.signal,
    heard: () => (clearTimeout(timer), (timer = setTimeout(hangUp, SILENCE_MS))),
    end: () => (clearTimeout(timer), signal.removeEventListener('abort', hangUp)),
  };
}

/** How a line ended: it was cut; it said that it is to be joined again, as each does after an hour; or that it is not. */
type End = 'lost' | 'again' | 'refused';

/** Reads one line until it ends. */
async function follow(signal: AbortSignal, news: () => void): Promise<End> {
  const watch = watched(signal);
  return await read(watch.signal, watch.heard, news).finally(watch.end);
}

async function read(signal: AbortSignal, heard: () => void, news: () => void): Promise<End> {
  const answer = await call('/hr/escalations/live', { signal });
  let end: End = 'lost';
  const hear = listener(({ event, data }) => {
    if (event === 'end') end = data.includes('not_allowed') ? 'refused' : 'again';
    if (event === 'hello') line.set('on');
    if (event === 'hello' || event === 'cases') news();
  });
  const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream() as never).getReader();
  for (;;) {
    const { done, value } = (await reader.read()) as ReadableStreamReadResult<string>;
    if (done) return end;
    heard();
    hear(value);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', go);
      globalThis.removeEventListener?.('online', go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    signal.addEventListener('abort', go);
    globalThis.addEventListener?.('online', go); // a network that is back is no time to wait
  });

/** By Evenkeel itself: a gateway that knows of no server for a moment says 404 or 403 as well. */
const endOf = (error: unknown): End => (error instanceof ApiError && ['not_signed_in', 'not_allowed'].includes(error.code) ? 'refused' : 'lost');

/** Connects, and again after every end, until it is told to stop or is refused. */
export async function stayConnected(signal: AbortSignal, news: () => void): Promise<void> {
  for (let tried = 0; !signal.aborted; tried += 1) {
    const end = await follow(signal, () => ((tried = 0), news())).catch(endOf);
    if (signal.aborted) return;
    if (end !== 'again') line.set(end === 'refused' ? 'refused' : 'off');
    if (end === 'refused') return void queryClient.invalidateQueries({ queryKey: ME.queryKey }); // the role may be gone, and the desk with it
    await pause(PAUSES_MS[Math.min(tried, PAUSES_MS.length - 1)] ?? 1000, signal);
  }
}

/** One line for the whole console, while somebody can see it: a browser opens six connections to a host over HTTP/1.1, and
 * six forgotten windows would leave none to ask by. Every table of cases is loaded again on news, and with each new line. */
export function useLive(): void {
  useEffect(() => {
    let ended = new AbortController();
    const look = (): void => {
      ended.abort();
      ended = new AbortController();
      if (document.visibilityState === 'hidden') return;
      line.set('joining');
      void stayConnected(ended.signal, () => void queryClient.invalidateQueries({ queryKey: ['hr', 'cases'] }));
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => (document.removeEventListener('visibilitychange', look), ended.abort());
  }, []);
}
