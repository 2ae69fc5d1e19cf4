// The peer face-api on Node (WASM), for benchmarks/peers.py: one of its two face detectors, then expressions.
//
//   node face_api_peer.cjs FOLDER_WITH_NODE_MODULES PHOTOS.json ssd|tiny
//
// PHOTOS.json lists {file, pixels, width, height}; `pixels` is a file of raw RGB, so decoding is not on the peer's account.
// Prints one JSON line a photo: {file, top, ms}; `top` is null where it found no face.

const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

const [folder, list, detector] = process.argv.slice(2);
const from = createRequire(path.join(path.resolve(folder), 'package.json'));
const tf = from('@tensorflow/tfjs');
const wasm = from('@tensorflow/tfjs-backend-wasm');
const faceapi = from('@vladmandic/face-api/dist/face-api.node-wasm.js');
const modules = path.join(path.resolve(folder), 'node_modules');

const NAMES = { angry: 'angry', disgusted: 'disgust', fearful: 'fear', happy: 'happy', neutral: 'neutral', sad: 'sad', surprised: 'surprise' };

async function main() {
  wasm.setWasmPaths(`${modules}/@tensorflow/tfjs-backend-wasm/dist/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const models = `${modules}/@vladmandic/face-api/model`;
  const [network, options] = {
    ssd: [faceapi.nets.ssdMobilenetv1, new faceapi.SsdMobilenetv1Options({ minConfidence: 0.2, maxResults: 5 })],
    tiny: [faceapi.nets.tinyFaceDetector, new faceapi.TinyFaceDetectorOptions({ inputSize: 416, scoreThreshold: 0.3 })],
  }[detector];
  await network.loadFromDisk(models);
  await faceapi.nets.faceExpressionNet.loadFromDisk(models);
  const photos = JSON.parse(fs.readFileSync(list, 'utf8'));
  for (const [number, photo] of [photos[0], ...photos].entries()) {
    const pixels = fs.readFileSync(photo.pixels);
    const start = performance.now();
    const picture = tf.tensor3d(new Int32Array(pixels), [photo.height, photo.width, 3], 'int32');
    const found = await faceapi.detectAllFaces(picture, options).withFaceExpressions();
    tf.dispose(picture);
    const ms = performance.now() - start;
    const area = (one) => one.detection.box.width * one.detection.box.height;
    const largest = found.sort((a, b) => area(b) - area(a))[0];
    const top = largest ? NAMES[Object.entries(largest.expressions).sort((a, b) => b[1] - a[1])[0][0]] : null;
    // The first look compiles: it is not counted.
    if (number > 0) console.log(JSON.stringify({ file: photo.file, top, ms }));
  }
}

void main();
