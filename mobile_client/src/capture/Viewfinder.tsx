import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t';
import { type CameraFault, type Facing, faultOf, openCamera, watchPicture } from './camera';
import type { Hint } from './guide';

interface Props {
  video: RefObject<HTMLVideoElement>;
  facing: Facing;
  onHint: (hint: Hint) => void;
  onFault: (fault: CameraFault) => void;
}

/** The live picture with the oval. The stream ends with the screen: no camera light stays on. */
export function Viewfinder({ video, facing, onHint, onFault }: Props) {
  const [live, setLive] = useState(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let gone = false;
    let stopWatching: (() => void) | undefined;
    openCamera(facing).then(
      async (opened) => {
        stream = opened;
        if (gone || !video.current) return stop();
        video.current.srcObject = opened;
        // Unplugged, or taken by the system: the last picture would stand there as if it were live.
        opened.getVideoTracks().forEach((track) => track.addEventListener('ended', () => !gone && onFault('busy')));
        await video.current.play().catch(() => undefined);
        if (gone || !video.current) return stop(); // left while the camera was starting
        setLive(true);
        stopWatching = watchPicture(video.current, onHint);
      },
      (error: unknown) => !gone && onFault(faultOf(error)),
    );
    function stop(): void {
      stopWatching?.();
      stream?.getTracks().forEach((track) => track.stop());
    }
    return () => {
      gone = true;
      stop();
    };
  }, [facing]);
  return (
    <div class={`viewfinder ${live ? 'live' : ''}`}>
      <video
        ref={video}
        class={facing === 'user' ? 'mirrored' : ''}
        playsInline
        muted
        aria-label={t('capture.preview')}
        data-live={live}
      />
      <svg class="oval" viewBox="0 0 300 400" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
        <path class="veil" d="M0 0h300v400H0z M150 52a106 142 0 0 0 0 284a106 142 0 0 0 0-284z" fill-rule="evenodd" />
        <ellipse cx="150" cy="194" rx="106" ry="142" />
      </svg>
    </div>
  );
}
