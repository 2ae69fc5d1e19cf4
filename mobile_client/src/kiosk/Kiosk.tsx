import { useEffect, useRef, useState } from 'preact/hooks';
import type { CameraFault } from '../capture/camera';
import type { Hint } from '../capture/guide';
import { redraw } from '../capture/photo';
import { Viewfinder } from '../capture/Viewfinder';
import { t } from '../i18n/t';
import { remove, write } from '../outbox/database';
import { navigate } from '../router';
import { Field } from '../ui/Field';
import { Loading } from '../ui/Loaded';
import { leave as leaveAccount } from '../session/owner';
import { Screen } from '../ui/Screen';
import { APART_MS, FRAMES, HERE_MS, type Outcome, sayHere, sendFrames } from './frame';
import { KEY, kioskKey } from './key';

/** Long enough to read one sentence, short enough for the next person. */
const BACK_AFTER_MS = 5000;
/** Nobody is there to try again when a camera was unplugged or another app had it. */
const LOOK_AGAIN_MS = 10_000;

export default function Kiosk() {
  const [key, setKey] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    void kioskKey().then(setKey);
  }, []);
  async function begin(next: string): Promise<void> {
    await write('local', KEY, next);
    // Anybody may tap "Leave tablet mode": no account of whoever set it up may be behind it.
    await leaveAccount();
    setKey(next);
  }
  async function leave(): Promise<void> {
    await remove('local', KEY);
    navigate('/today', 'replace');
  }
  return (
    <Screen title={t('kiosk.title')} back={key ? undefined : '/me'}>
      {key === undefined && <Loading />}
      {key === null && <Setup onKey={(next) => void begin(next)} />}
      {key && <Stand apiKey={key} onLeave={() => void leave()} />}
    </Screen>
  );
}

function Setup({ onKey }: { onKey: (key: string) => void }) {
  const [key, setKey] = useState('');
  return (
    <form class="stack" onSubmit={(event) => (event.preventDefault(), key.trim() && onKey(key.trim()))}>
      <h2>{t('kiosk.setup')}</h2>
      <p>{t('kiosk.setup.text')}</p>
      <Field label={t('kiosk.key')} value={key} onValue={setKey} type="password" autocomplete="off" required />
      <button class="button primary big" type="submit">
        {t('kiosk.begin')}
      </button>
    </form>
  );
}

/** Step in front, tap, done. The shared screen never shows a name or a result, and returns by itself. */
function Stand({ apiKey, onLeave }: { apiKey: string; onLeave: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [hint, setHint] = useState<Hint>('start');
  const [fault, setFault] = useState<CameraFault | null>(null);
  const [state, setState] = useState<'ready' | 'sending' | Outcome>('ready');

  useEffect(() => {
    if (state === 'ready' || state === 'sending') return undefined;
    const timer = setTimeout(() => setState('ready'), BACK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [state]);

  useEffect(() => {
    void sayHere(apiKey);
    const timer = setInterval(() => void sayHere(apiKey), HERE_MS);
    return () => clearInterval(timer);
  }, [apiKey]);
  useEffect(() => {
    if (!fault) return undefined;
    setHint('start');
    const timer = setTimeout(() => setFault(null), LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [fault]);

  async function tap(): Promise<void> {
    if (!video.current) return;
    setState('sending');
    const photos = await burst(video.current).catch(() => null);
    setState(photos ? await sendFrames(photos, apiKey) : 'failed');
  }

  return (
    <div class="stack capture">
      {fault ? (
        <p class="note warm" role="alert">
          {t(`capture.${fault}`)}
        </p>
      ) : (
        <Viewfinder video={video} facing="user" onHint={setHint} onFault={setFault} />
      )}
      <p class="hint-line" role="status" data-kiosk={state}>
        {state === 'ready' ? t(hint === 'ready' || hint === 'start' ? 'kiosk.lead' : `capture.hint.${hint}`) : t(`kiosk.${state}`)}
      </p>
      <button class="button primary big" type="button" disabled={state !== 'ready' || hint === 'start'} onClick={() => void tap()}>
        {t('kiosk.tap')}
      </button>
      <p class="small muted center">{t('kiosk.private')}</p>
      <button class="button plain" type="button" onClick={onLeave}>
        {t('kiosk.leave')}
      </button>
    </div>
  );
}

async function burst(video: HTMLVideoElement): Promise<Blob[]> {
  const photos = [await redraw(video)];
  while (photos.length < FRAMES) {
    await new Promise((later) => setTimeout(later, APART_MS));
    photos.push(await redraw(video));
  }
  return photos;
}
