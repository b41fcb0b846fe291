// public/models/dlib-resnet/README.md.

/** @typedef {{path: string, size: number, sha256: string}} FileRow */

/**
 * @param {{pinned: import('../convert-models/source.mjs').Pinned, sources: FileRow[], made: FileRow[],
 *   parameters: number, licence: string}} facts
 */
export function readme({ pinned, sources, made, parameters, licence }) {
  const table = (/** @type {FileRow[]} */ rows) =>
    rows.map(({ path, size, sha256 }) => `| \`${path}\` | ${size} | \`${sha256}\` |`).join('\n');
  return `<!-- Written by scripts/convert-dlib. Change it there. -->

# dlib's face recognition network

A TensorFlow.js Layers model for \`tf.loadLayersModel\`, ${parameters.toLocaleString('en-US')} parameters (5,607,616 without the fixed
identities below), no custom layers. Input \`image\`
[B,150,150,3]: RGB, \`(pixel - 127.5) / 128\`. Output \`embedding\` [B,128]: raw; upstream compares embeddings by their
Euclidean distance without scaling them to length 1 (same person below 0.6).

Upstream is \`dlib_face_recognition_resnet_model_v1\` by Davis King (public domain, CC0), a ResNet with 29 convolutions and
half as many filters in each, trained on 3 million faces. The weights were taken from \`${pinned.name}\` ${pinned.version} (MIT),
where they are stored in one byte each. Its tarball must have the integrity
\`${pinned.integrity}\`.
\`node scripts/convert-dlib/index.mjs\` makes this folder again, byte for byte.

| source file | bytes | sha256 |
|---|---|---|
${table(sources)}

| converted file | bytes | sha256 |
|---|---|---|
${table(made)}

**What was changed.** The scale layer behind each convolution is folded into it, and so is the change of range, into the
first one (upstream: \`(pixel - [122.782, 117.001, 104.298]) / 255\`). Where the number of channels grows, the new
ones are 0: a 1x1 convolution \`_widen\` with the identity, which is not to be trained. The folded weights are stored in
half precision (the bytes of upstream no longer fit once each channel has its own scale).

| layers | output | what |
|---|---|---|
| \`conv32_down\`, \`pool\` | 35x35x32 | 7x7 stride 2, ReLU; max-pooling 3x3 stride 2 |
| \`conv32_1\` to \`conv32_3\` | 35x35x32 | residual blocks of two 3x3 convolutions |
| \`conv64_down\`, \`conv64_1\` to \`conv64_3\` | 17x17x64 | the first with stride 2, and average-pooling beside it |
| \`conv128_down\`, \`conv128_1\`, \`conv128_2\` | 8x8x128 | |
| \`conv256_down\`, \`conv256_1\`, \`conv256_2\` | 4x4x256 | the first gives 3x3, padded |
| \`conv256_down_out\` | 2x2x256 | gives 1x1, padded |
| \`features\` | 256 | mean of the pixels: the cut point for cached features |
| \`embedding\` | 128 | dense; its bias, which upstream has not, is 0 |

Upstream cuts faces out with dlib's own alignment, not by this program's 112x112 template. Without any alignment, on
the first 600 pairs of LFW photos of \`shared/data\`, both mirror images added: AUC 0.959 with the middle 110 pixels of
250 scaled to 150, 0.951 with 130, 0.914 with 150.

\`tests/fixtures/dlib-resnet-golden.json\` holds numbers of a float64 evaluation of the upstream weights as they are, by
plain loops without TensorFlow.js and without this model; a test holds the model against them.

## Licence of \`${pinned.name}\`

\`\`\`
${licence.trim()}
\`\`\`
`;
}
