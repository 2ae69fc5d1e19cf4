import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsents } from '../api/queries';
import { PurposeSwitch } from '../consent/Purpose';
import { t } from '../i18n/t';
import { put } from '../outbox/outbox';
import { navigate } from '../router';
import { Link } from '../ui/Link';
import { Screen } from '../ui/Screen';
import type { CameraFault } from './camera';
import type { Hint } from './guide';
import { CLIP, clipKind, record, type Recording } from './record';
import { Viewfinder } from './Viewfinder';

/** Check in with a clip: what came and went, not only one moment. */
export default function ClipIn() {
  const consents = useConsents();
  const reading = consents.data?.find((consent) => consent.purpose === 'score_photos');
  return (
    <Screen title={t('clip.title')} back="/checkin">
      {reading && !reading.granted ? (
        <div class="stack">
          <p>{t('capture.noconsent')}</p>
          <PurposeSwitch state={reading} />
        </div>
      ) : (
        <Record />
      )}
    </Screen>
  );
}

function Record() {
  const video = useRef<HTMLVideoElement>(null);
  const recording = useRef<Recording | null>(null);
  const left = useRef(false);
  const [hint, setHint] = useState<Hint>('start');
  const [fault, setFault] = useState<CameraFault | null>(null);
  const [seconds, setSeconds] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  const kind = clipKind();

  useEffect(
    () => () => {
      left.current = true;
      recording.current?.stop();
    },
    [],
  );
  useEffect(() => {
    if (seconds === null) return;
    if (seconds >= CLIP.longest) recording.current?.stop();
    const timer = setTimeout(() => setSeconds((now) => (now === null ? null : now + 1)), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);

  async function start(): Promise<void> {
    const stream = video.current?.srcObject;
    if (!(stream instanceof MediaStream) || !kind) return;
    setFailed(false);
    setSeconds(0);
    try {
      recording.current = record(stream, kind);
      const clip = await recording.current.done;
      // Whoever went back in the middle of it has not sent it.
      if (left.current) return;
      navigate(`/checkin/${await put(clip, 'clip')}`, 'replace');
    } catch {
      setFailed(true);
      setSeconds(null);
    }
  }

  if (!kind || fault)
    return (
      <div class="stack">
        <div class="note warm" role="alert">
          <div>
            <h2>{t(fault ? `capture.${fault}` : 'clip.unsupported')}</h2>
            <p>{t('clip.unsupported.text')}</p>
          </div>
        </div>
        <Link to="/checkin" class="button primary big" replace>
          {t('clip.photo')}
        </Link>
      </div>
    );
  const running = seconds !== null;
  const enough = running && seconds >= CLIP.shortest;
  return (
    <div class="stack capture">
      <Viewfinder video={video} facing="user" onHint={setHint} onFault={setFault} />
      <p class="hint-line" role="status" data-recording={running}>
        {running ? t(enough ? 'clip.running' : 'clip.started', { n: seconds }) : t(`capture.hint.${hint}`)}
      </p>
      {failed && (
        <p class="note warm" role="alert">
          {t('clip.failed')}
        </p>
      )}
      <div class="capture-controls">
        <button
          class={`shutter ${running ? 'recording' : ''}`}
          type="button"
          aria-label={t(running ? 'clip.stop' : 'clip.start')}
          disabled={running ? !enough : hint === 'start'}
          onClick={() => (running ? recording.current?.stop() : void start())}
        />
      </div>
      <p class="small muted center">{t('clip.privacy', { most: CLIP.longest })}</p>
    </div>
  );
}
