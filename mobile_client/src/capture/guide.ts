/** What the oval's hint says, decided from a thumbnail of the live picture: pure, nothing leaves the phone. */
export type Hint = 'start' | 'dark' | 'bright' | 'noface' | 'several' | 'far' | 'still' | 'ready';

export interface FaceBox {
  width: number; // as a share of the picture's width
}

export interface Look {
  luminance: number; // mean of 0..255 inside the oval
  motion: number; // mean absolute difference to the thumbnail before, 0..255
  faces: readonly FaceBox[] | null; // null: this browser cannot find faces
}

export interface Limits {
  dark: number;
  bright: number;
  motion: number;
  faceWidth: number;
}

/** Tried on dim, bright and moving pictures; the server decides again, these only save a second attempt. */
export const LIMITS: Limits = {
  dark: 55, // the server's dark sample has a mean of about 30
  bright: 225, // above, skin is washed out to white
  motion: 14, // a hand that holds still gives 2 to 6
  faceWidth: 0.18, // 115 px of 640: below, 48x48 crops are blown up
};

export function hintFor(look: Look, limits: Limits = LIMITS): Hint {
  if (look.luminance < limits.dark) return 'dark';
  if (look.luminance > limits.bright) return 'bright';
  if (look.faces) {
    if (look.faces.length === 0) return 'noface';
    if (look.faces.length > 1) return 'several';
    if ((look.faces[0]?.width ?? 1) < limits.faceWidth) return 'far';
  }
  return look.motion > limits.motion ? 'still' : 'ready';
}

/** RGBA pixels to grey levels by ITU-R BT.601. */
export function greyOf(pixels: Uint8ClampedArray): Uint8Array {
  const grey = new Uint8Array(pixels.length / 4);
  for (let i = 0; i < grey.length; i += 1) {
    const at = i * 4;
    grey[i] = 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
  }
  return grey;
}

/** Mean inside the ellipse that fills the middle of a width x height thumbnail. */
export function luminanceInOval(grey: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const dx = (x + 0.5 - width / 2) / (width * 0.34);
      const dy = (y + 0.5 - height / 2) / (height * 0.42);
      if (dx * dx + dy * dy > 1) continue;
      sum += grey[y * width + x] ?? 0;
      count += 1;
    }
  }
  return count ? sum / count : 0;
}

export function motionBetween(before: Uint8Array | null, now: Uint8Array): number {
  if (!before || before.length !== now.length) return 255;
  let sum = 0;
  for (let i = 0; i < now.length; i += 1) sum += Math.abs((now[i] ?? 0) - (before[i] ?? 0));
  return sum / now.length;
}

/** Keeps the longer side at `limit` or below. */
export function fitWithin(width: number, height: number, limit: number): { width: number; height: number } {
  const scale = Math.min(1, limit / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
