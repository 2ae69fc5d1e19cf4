import { type FaceBox, greyOf, type Hint, hintFor, luminanceInOval, motionBetween } from './guide';

export type CameraFault = 'denied' | 'missing' | 'busy';
export type Facing = 'user' | 'environment';

export function faultOf(error: unknown): CameraFault {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'missing';
}

export async function openCamera(facing: Facing): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException('no camera API on this page', 'NotFoundError');
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 960 } },
  });
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ boundingBox: DOMRectReadOnly }[]>;
}

function makeDetector(): Detector | null {
  const Made = (globalThis as { FaceDetector?: new (options: object) => Detector }).FaceDetector;
  try {
    return Made ? new Made({ fastMode: true, maxDetectedFaces: 3 }) : null;
  } catch {
    return null;
  }
}

const THUMB = { width: 64, height: 48 };
const EVERY_MS = 250; // four looks a second: quick enough to feel live, light on the battery

/** Looks at the live picture until the returned function is called. */
export function watchPicture(video: HTMLVideoElement, tell: (hint: Hint) => void): () => void {
  const canvas = document.createElement('canvas');
  canvas.width = THUMB.width;
  canvas.height = THUMB.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const detector = makeDetector();
  let before: Uint8Array | null = null;
  let canDetect = detector !== null;

  async function facesIn(): Promise<FaceBox[] | null> {
    if (!detector || !canDetect) return null;
    try {
      return (await detector.detect(video)).map((face) => ({ width: face.boundingBox.width / video.videoWidth }));
    } catch {
      canDetect = false; // offered but not working on this device: never ask again
      return null;
    }
  }

  async function look(): Promise<void> {
    if (!context || video.readyState < 2) return;
    context.drawImage(video, 0, 0, THUMB.width, THUMB.height);
    const grey = greyOf(context.getImageData(0, 0, THUMB.width, THUMB.height).data);
    const luminance = luminanceInOval(grey, THUMB.width, THUMB.height);
    const motion = motionBetween(before, grey);
    before = grey;
    tell(hintFor({ luminance, motion, faces: await facesIn() }));
  }

  const timer = setInterval(() => void look(), EVERY_MS);
  return () => clearInterval(timer);
}
