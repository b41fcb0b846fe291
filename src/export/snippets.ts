import { LUMINANCE } from '../lib/pixel-range.ts';
import type { Manifest } from './manifest.ts';

/** `face.mjs`: alignment, preprocessing and comparison in plain JavaScript. */
export function faceModule({ alignment: { points }, preprocessing }: Manifest): string {
  const { alignedSize, inputSize, channels, mean, divisor } = preprocessing;
  const template = [
    points.leftEye,
    points.rightEye,
    points.nose,
    points.leftMouthCorner,
    points.rightMouthCorner,
  ];
  const [resize, resizeCode] =
    inputSize < alignedSize
      ? ['shrink', shrinkFunction(alignedSize, inputSize)]
      : ['enlarge', enlargeFunction(alignedSize, inputSize)];
  const prepared = inputSize === alignedSize ? 'rgb' : `${resize}(rgb)`;
  // Luminance by ITU-R BT.601.
  const pixels =
    channels === 'RGB' ? 'bytes' : `tf.sum(tf.mul(bytes, ${JSON.stringify(LUMINANCE)}), 3, true)`;
  return `const TEMPLATE = ${JSON.stringify(template)};

/** A canvas with the aligned face. points: [[x, y], ...] in the order of TEMPLATE, in pixels of the picture. */
export function align(picture, points) {
  const mean = (list, axis) => list.reduce((sum, point) => sum + point[axis], 0) / list.length;
  const [fx, fy, tx, ty] = [mean(points, 0), mean(points, 1), mean(TEMPLATE, 0), mean(TEMPLATE, 1)];
  let [a, b, size] = [0, 0, 0];
  points.forEach(([px, py], i) => {
    const [x, y, u, v] = [px - fx, py - fy, TEMPLATE[i][0] - tx, TEMPLATE[i][1] - ty];
    a += x * u + y * v;
    b += x * v - y * u;
    size += x * x + y * y;
  });
  [a, b] = [a / size, b / size];
  const canvas = new OffscreenCanvas(${alignedSize}, ${alignedSize});
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.setTransform(a, b, -b, a, tx - a * fx + b * fy, ty - b * fx - a * fy);
  context.drawImage(picture, 0, 0);
  return canvas;
}

/** Red, green and blue of a canvas, without alpha. */
export function pixels(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, ${alignedSize}, ${alignedSize});
  return data.filter((_, i) => i % 4 !== 3);
}
${inputSize === alignedSize ? '' : resizeCode}
/** An aligned face as the network takes it. rgb: ${alignedSize} x ${alignedSize} x 3 bytes, red green blue, row by row. */
export function toInput(tf, rgb) {
  const bytes = tf.tensor(Float32Array.from(${prepared}), [1, ${inputSize}, ${inputSize}, 3]);
  return tf.div(tf.sub(${pixels}, ${JSON.stringify(mean)}), ${JSON.stringify(divisor)});
}

/** The embedding of an aligned face. */
export async function embed(tf, model, rgb) {
  const result = tf.tidy(() => {
    const face = toInput(tf, rgb);
    const sum = tf.add(model.predict(face), model.predict(tf.reverse(face, 2)));
    return tf.div(sum, tf.norm(sum));
  });
  const numbers = await result.data();
  result.dispose();
  return numbers;
}

/** The angle between two embeddings in degrees. */
export function angle(a, b) {
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0);
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}`;
}

/** Area averaging along both axes, rounded to bytes as in training. */
function shrinkFunction(from: number, to: number): string {
  return `
/** Shrinks to ${to} x ${to}: each pixel is the mean of the area that it covers. */
function shrink(rgb) {
  const out = new Uint8Array(${to} * ${to} * 3);
  const ratio = ${from} / ${to};
  const cover = (i, at) => Math.min((i + 1) * ratio, at + 1) - Math.max(i * ratio, at);
  for (let y = 0; y < ${to}; y++) for (let x = 0; x < ${to}; x++) for (let c = 0; c < 3; c++) {
    let sum = 0;
    for (let v = Math.floor(y * ratio); v < Math.min(${from}, (y + 1) * ratio); v++)
      for (let u = Math.floor(x * ratio); u < Math.min(${from}, (x + 1) * ratio); u++)
        sum += cover(y, v) * cover(x, u) * rgb[(v * ${from} + u) * 3 + c];
    out[(y * ${to} + x) * 3 + c] = Math.round(sum / ratio / ratio);
  }
  return out;
}
`;
}

/** Bilinear interpolation, rounded to bytes as in training. */
function enlargeFunction(from: number, to: number): string {
  return `
/** Enlarges to ${to} x ${to}: each pixel is mixed from the four around its middle. */
function enlarge(rgb) {
  const out = new Uint8Array(${to} * ${to} * 3);
  const place = (i) => Math.min(${from - 1}, Math.max(0, ((i + 0.5) * ${from}) / ${to} - 0.5));
  for (let y = 0; y < ${to}; y++) for (let x = 0; x < ${to}; x++) for (let c = 0; c < 3; c++) {
    const [v, u] = [Math.min(${from - 2}, Math.floor(place(y))), Math.min(${from - 2}, Math.floor(place(x)))];
    const [down, across] = [place(y) - v, place(x) - u];
    const at = (row, column) => rgb[(row * ${from} + column) * 3 + c];
    const row = (r) => (1 - across) * at(r, u) + across * at(r, u + 1);
    out[(y * ${to} + x) * 3 + c] = Math.round((1 - down) * row(v) + down * row(v + 1));
  }
  return out;
}
`;
}

/** A page that compares two faces of one photo each. */
export function browserSnippet(manifest: Manifest): string {
  return `<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0"></script>
<script type="module">
  import { align, angle, embed, pixels } from './face.mjs';

  const model = await tf.loadLayersModel('model.json');
  async function embeddingOf(url, points) {
    const picture = await createImageBitmap(await (await fetch(url)).blob());
    return embed(tf, model, pixels(align(picture, points)));
  }
  // Left eye, right eye, nose, left and right corner of the mouth, in pixels of the photo.
  const one = await embeddingOf('photo.jpg', [[101, 113], [148, 112], [125, 141], [105, 166], [145, 165]]);
  const two = await embeddingOf('other.jpg', [[99, 110], [146, 114], [121, 140], [101, 164], [141, 167]]);
  const degrees = angle(one, two);
  document.body.textContent = ${verdict(manifest)};
</script>`;
}

/** A program that compares two aligned pictures; plain TensorFlow.js reads no files, so the model is handed over. */
export function nodeSnippet(manifest: Manifest): string {
  const { alignedSize } = manifest.preprocessing;
  return `import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { angle, embed } from './face.mjs';

const { modelTopology, weightsManifest } = JSON.parse(await readFile('model.json', 'utf8'));
const weightSpecs = weightsManifest[0].weights;
const weightData = new Uint8Array(await readFile('weights.bin')).buffer;
const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));

async function embeddingOf(file) {
  const picture = sharp(file).removeAlpha().toColourspace('srgb').resize(${alignedSize}, ${alignedSize});
  return embed(tf, model, await picture.raw().toBuffer());
}
const [, , one, two] = process.argv;
const degrees = angle(await embeddingOf(one), await embeddingOf(two));
console.log(${verdict(manifest)});`;
}

function verdict({ threshold }: Manifest): string {
  if (threshold === null) return "degrees.toFixed(1) + ' degrees'";
  return `degrees.toFixed(1) + ' degrees: ' + (degrees <= ${threshold.angleDegrees.toFixed(4)} ? 'the same person' : 'different people')`;
}
