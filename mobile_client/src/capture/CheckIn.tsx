import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsents } from '../api/queries';
import { PurposeSwitch } from '../consent/Purpose';
import { t } from '../i18n/t';
import { put } from '../outbox/outbox';
import { navigate } from '../router';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Screen } from '../ui/Screen';
import type { CameraFault, Facing } from './camera';
import type { Hint } from './guide';
import { fromFile, redraw, UnreadableFile } from './photo';
import { Viewfinder } from './Viewfinder';

export default function CheckIn() {
  const consents = useConsents();
  const reading = consents.data?.find((consent) => consent.purpose === 'score_photos');
  return (
    <Screen title={t('capture.title')} back="/today">
      {reading && !reading.granted ? (
        <div class="stack">
          <p>{t('capture.noconsent')}</p>
          <PurposeSwitch state={reading} />
        </div>
      ) : (
        <Capture />
      )}
    </Screen>
  );
}

function Capture() {
  const video = useRef<HTMLVideoElement>(null);
  const [facing, setFacing] = useState<Facing>('user');
  const [hint, setHint] = useState<Hint>('start');
  const [fault, setFault] = useState<CameraFault | null>(null);
  const [failed, setFailed] = useState<'unreadable' | 'notkept' | null>(null);
  const [busy, setBusy] = useState(false);
  const left = useRef(false);
  useEffect(() => () => void (left.current = true), []);

  async function keep(make: () => Promise<Blob>): Promise<void> {
    setBusy(true);
    setFailed(null);
    try {
      const photo = await make();
      if (!left.current) navigate(`/checkin/${await put(photo)}`, 'replace'); // whoever went back meanwhile has not sent it
    } catch (error) {
      setFailed(error instanceof UnreadableFile ? 'unreadable' : 'notkept');
      setBusy(false);
    }
  }

  return (
    <div class="stack capture">
      {fault ? (
        <div class="note warm" role="alert">
          <div>
            <h2>{t(`capture.${fault}`)}</h2>
            <p>{t(`capture.${fault}.text`)}</p>
          </div>
        </div>
      ) : (
        <>
          <Viewfinder video={video} facing={facing} onHint={setHint} onFault={setFault} />
          <p class={`hint-line ${hint}`} role="status" data-hint={hint}>
            {t(`capture.hint.${hint}`)}
          </p>
        </>
      )}
      {failed && (
        <p class="note warm" role="alert">
          {t(`capture.${failed}`)}
        </p>
      )}
      <div class="capture-controls">
        <Album busy={busy} onFile={(file) => void keep(() => fromFile(file))} />
        {!fault && (
          <button
            class="shutter"
            type="button"
            aria-label={t('capture.shutter')}
            disabled={busy || hint === 'start'}
            onClick={() => video.current && void keep(() => redraw(video.current as HTMLVideoElement))}
          />
        )}
        {!fault && (
          <button
            class="button"
            type="button"
            aria-label={t('capture.flip')}
            onClick={() => (setHint('start'), setFacing(facing === 'user' ? 'environment' : 'user'))}
          >
            <Icon name="flip" />
          </button>
        )}
      </div>
      <p class="small muted center">{t('capture.privacy')}</p>
      <p class="center">
        <Link to="/checkin/clip">{t('clip.link')}</Link>
      </p>
    </div>
  );
}

function Album({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
  return (
    <label class="choice album">
      <input
        type="file"
        accept="image/*"
        disabled={busy}
        aria-label={t('capture.album')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
          event.currentTarget.value = '';
        }}
      />
      <Icon name="album" />
    </label>
  );
}
