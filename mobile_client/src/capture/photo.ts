import { fitWithin } from './guide';

/** Enough for 48x48 crops of a face at arm's length, about 150 kB. */
const LONGEST_SIDE = 1280;
const JPEG_QUALITY = 0.9;

type Picture = HTMLVideoElement | ImageBitmap;

const sizeOf = (picture: Picture): [number, number] =>
  picture instanceof HTMLVideoElement ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height];

/** Draws the picture anew: what was in the file besides the pixels (place, device, time, thumbnail) stays behind. */
export function redraw(picture: Picture): Promise<Blob> {
  const { width, height } = fitWithin(...sizeOf(picture), LONGEST_SIDE);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('canvas gave no picture'))), 'image/jpeg', JPEG_QUALITY),
  );
}

export class UnreadableFile extends Error {}

/** From the album: orientation is applied while decoding, then the file is left behind. */
export async function fromFile(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new UnreadableFile();
  });
  try {
    return await redraw(bitmap);
  } finally {
    bitmap.close();
  }
}
