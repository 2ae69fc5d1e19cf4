/** A short clip of the live picture, without sound. The server reads 3 to 20 seconds. */
export const CLIP = {
  shortest: 3,
  longest: 12, // long enough for a few sentences of thinking back, short enough to hold still for
  bitsPerSecond: 1_500_000, // 12 s stay under 3 MB
};

/** What the server reads, best first; Safari records MP4, the others WebM. */
const KINDS = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm', 'video/mp4'];

export function clipKind(): string | null {
  if (typeof MediaRecorder === 'undefined') return null;
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? null;
}

export interface Recording {
  stop(): void;
  done: Promise<Blob>;
}

export function record(stream: MediaStream, kind: string): Recording {
  const recorder = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: CLIP.bitsPerSecond });
  const parts: Blob[] = [];
  const done = new Promise<Blob>((resolve, reject) => {
    recorder.ondataavailable = (event) => event.data.size && parts.push(event.data);
    recorder.onerror = () => reject(new Error('the recorder failed'));
    recorder.onstop = () => (parts.length ? resolve(new Blob(parts, { type: kind.split(';')[0] })) : reject(new Error('nothing was recorded')));
  });
  recorder.start();
  return { stop: () => recorder.state !== 'inactive' && recorder.stop(), done };
}
