// public/models/README.md: what the files are, where they come from, how to feed and read the networks.

import { INTEGRITY, PACKAGE, VERSION } from './source.mjs';

/**
 * @typedef {{kind: 'source' | 'made', path: string, size: number, sha256: string}} FileRow
 */

/**
 * @param {{files: FileRow[], parameters: Record<string, number>, licence: string}} facts
 * @returns {string}
 */
export function readme({ files, parameters, licence }) {
  const table = (/** @type {'source' | 'made'} */ kind) =>
    files
      .filter((row) => row.kind === kind)
      .map((row) => `| \`${row.path}\` | ${row.size} | \`${row.sha256}\` |`)
      .join('\n');
  const count = (/** @type {string} */ name) => parameters[name].toLocaleString('en-US');

  return `<!-- Written by scripts/convert-models. Change it there. -->

# Pretrained models

Two TensorFlow.js Layers models, float32, for \`tf.loadLayersModel\`. No custom layers.

| folder | what | parameters | upstream | licence |
|---|---|---|---|---|
| \`mobilefacenet\` | face embedding, 192 numbers | ${count('mobilefacenet')} | MobileFaceNet_TF (sirius-ai), to which scopes and form of the graph point | MIT (package), Apache-2.0 (MobileFaceNet_TF) |
| \`blazeface\` | face detector with six points, 256x256 | ${count('blazeface')} | MediaPipe BlazeFace, back camera (Google) | MIT (package), Apache-2.0 (MediaPipe) |

Both were taken from \`${PACKAGE}\` ${VERSION} (MIT), whose tarball must have the integrity
\`${INTEGRITY}\`.
\`node scripts/convert-models/index.mjs\` makes this folder again, byte for byte. The Apache licence is in
\`LICENSE-Apache-2.0.txt\`, the package's at the end of this page.

| source file | bytes | sha256 |
|---|---|---|
${table('source')}

| converted file | bytes | sha256 |
|---|---|---|
${table('made')}

## mobilefacenet

Input \`image\` [B,112,112,3]: RGB, aligned, \`(pixel - 127.5) / 128\`. Output \`embedding\` [B,192]: raw, before L2
normalisation.

**What was repaired.** The shipped graph scores like chance (cosine to the right embedding -0.23 to 0.30), for two faults in how its PReLU was rewritten into
other operations. (1) It computes \`relu(x) + mul * (x - |x|)\`, so the slope for x < 0 is 2 mul; the stored \`mul\`
has the wrong sign, and the slope of the trained network is \`-2 mul\`. (2) In the depthwise convolutions a Relu
was fused into the convolution, so the rewritten PReLU behind it never sees a negative number. Here each is a
convolution with bias, followed by a \`PReLU\` layer (one slope a channel) with alpha = -2 mul. The batch-norms were
folded into kernels and biases upstream: there are none left. The L2 normalisation at the end of the graph is left
out, and the last 1x1 convolution, on a 1x1 picture, is written as the dense layer it is.

| layers | output | what |
|---|---|---|
| \`stem_conv\`, \`stem_depthwise\`, \`stem_project\` | 56x56x64 | 3x3 stride 2; depthwise 3x3; 1x1 |
| \`block1_*\` to \`block5_*\` | 28x28x64 | inverted residual, inner width 128; \`block1_depthwise\` stride 2 |
| \`block6_*\` to \`block12_*\` | 14x14x128 | inner width 256; \`block6_depthwise\` stride 2 |
| \`block13_*\` to \`block15_*\` | 7x7x128 | inner width 512 in \`block13\`, 256 after; \`block13_depthwise\` stride 2 |
| \`head_conv\` | 7x7x512 | 1x1 |
| \`global_depthwise\` | 1x1x512 | depthwise 7x7, valid |
| \`global_pointwise\` | 1x1x512 | 1x1, no activation |
| \`features\` | 512 | flatten: the cut point for cached features |
| \`embedding\` | 192 | dense |

A block is \`_expand\` (1x1), \`_depthwise\` (3x3), \`_project\` (1x1) and, but for blocks 1, 6 and 13, \`_add\`.
\`_prelu\` follows \`stem_conv\`, \`stem_depthwise\`, every \`_expand\` and \`_depthwise\` of a block, and \`head_conv\`; the
rest is linear. \`global_depthwise\`, \`global_pointwise\` and \`embedding\` follow each other without anything
nonlinear between.

**Checked.** On 24 aligned faces against the embeddings of a right rebuild: greatest difference 5.0e-6 on the
WebAssembly backend and 3.9e-5 on the plain CPU backend (values up to 28.6), cosine above 0.999999999.
\`tests/fixtures/mobilefacenet-golden.json\` holds numbers of a float64 evaluation that uses neither TensorFlow.js nor
this model; a float64 PyTorch evaluation of the graph's weights agrees with them to 5e-8, this model to 2e-5.

## blazeface

Input \`image\` [B,256,256,3]: RGB, \`pixel / 127.5 - 1\`. Outputs, in this order:

- \`scores\` [B,896,1]: logits; the score is \`1 / (1 + exp(-logit))\`
- \`boxes\` [B,896,16]: \`[dx, dy, w, h, x0, y0, ..., x5, y5]\`, all in pixels of the 256x256 input, \`dx, dy, xn, yn\`
  relative to the centre of the anchor

The graph has four outputs (512 and 384 rows each of scores and boxes); here they are concatenated, the 512 first.
Its padding of the channel axis (24 to 48, 48 to 96), for which there is no layer, is a 1x1 convolution \`pad\` and
\`pad_1\` with the identity beside zeros, which is exact. Everything else is one layer for one operation.

Anchors, row by row, all anchors of a cell after each other: a 16x16 grid with 2 a cell (rows 0 to 511), then an
8x8 grid with 6 a cell (rows 512 to 895). Anchors of one cell have the same centre and no size. For row i:

\`\`\`
i < 512:   cell = floor(i / 2),         stride = 16, grid = 16
i >= 512:  cell = floor((i - 512) / 6), stride = 32, grid = 8
ax = (cell % grid + 0.5) * stride
ay = (floor(cell / grid) + 0.5) * stride
centre  = (ax + b[0], ay + b[1])        size = (b[2], b[3])
point n = (ax + b[4 + 2n], ay + b[5 + 2n])
\`\`\`

To photo pixels: multiply by (side of the region fed to the network) / 256 and add the region's corner.
Points: 0 right eye, 1 left eye, 2 nose, 3 mouth centre, 4 right ear, 5 left ear; right and left are the person's
own, so the right eye is on the left side of the picture.

**Preparation that reproduces the reference points** (23 LFW photos of 250x250, 92 points): one pass over the whole
photo, \`tf.image.resizeBilinear(photo, [256, 256])\` with its defaults (source = target * 250 / 256, no half-pixel
centres), \`pixel / 127.5 - 1\`, and the points of the single best-scoring anchor. Distance to the reference in photo
pixels:

| preparation | median | mean | 95 % | greatest |
|---|---|---|---|---|
| as above | 0.005 | 0.045 | 0.029 | 1.53 |
| resize with half-pixel centres | 0.029 | 0.066 | 0.066 | 1.53 |
| score-weighted mean of the overlapping anchors (IoU > 0.3) | 0.99 | 1.42 | 2.9 | 12.5 |
| \`pixel / 127.5 - 0.5\` | 0.52 | 0.64 | 1.7 | 3.8 |
| \`pixel / 255\` | 1.18 | 1.30 | 2.8 | 3.8 |
| photo with a black margin, 1.1 times the side | 1.09 | 1.28 | 2.9 | 5.0 |
| photo with a black margin, 1.5 times the side | 2.20 | 2.48 | 4.9 | 7.3 |
| second pass on a square of 1.5 times the box | 4.6 | 5.0 | 11.1 | 16.0 |
| second pass on a square of 2 times the box | 2.1 | 2.3 | 5.1 | 6.5 |
| second pass on a square of 2.5 times the box | 1.6 | 1.8 | 3.7 | 8.6 |

(All rows from the third on with half-pixel centres.) The greatest distance of the first row is one photo, all four
points; the other 22 lie within the difference between two JPEG decoders. The photos are square, so they tell nothing
about letterboxing against stretching.

**Checked.** Against the graph on three random inputs, WebAssembly and plain CPU backends: greatest difference 0
(logits to 20, boxes to 118). On 1,401 LFW photos every one has a face with a score of at least 0.5; the face nearest
the middle scores 0.90 in the median and below 0.5 in one photo. 122 photos have several faces over 0.5, and in 12
the best-scoring face is not the one nearest the middle.

## Licence of \`${PACKAGE}\`

\`\`\`
${licence.trim()}
\`\`\`
`;
}
