import { type ArchiveFile, readArchive, writeArchive } from '../../lib/archive.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { cardContents, documents, manifestFile, textFile } from '../documents/common-files.ts';
import { loadModelZip, readJson } from '../load.ts';
import { parseManifest, precisionOf } from '../manifest.ts';
import { toModelFiles, WEIGHTS_FILE } from '../model-json.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import { writeReadme } from '../readme.ts';
import { saveNetwork } from '../saved-network.ts';
import { checkHead } from '../with-head/check-head.ts';
import { headFiles } from '../with-head/head-files.ts';
import { HEAD_ROWS, headReadme } from '../with-head/readme.ts';
import type { ExportedModel, ExportFormat } from './format.ts';

/** A TensorFlow.js Layers model with its manifest and a README, in a .zip. */
export const tfjs = {
  id: 'tfjs',
  label: 'TensorFlow.js',
  contents: [
    {
      file: 'model.json and weights',
      description: 'the backbone, which turns a face into an embedding; load it with tf.loadLayersModel',
    },
    {
      file: 'manifest.json',
      description:
        'how faces must be aligned and scaled, the people and their class centres, threshold, settings, results',
    },
    { file: 'README.md', description: 'example code' },
    cardContents,
  ],
  withHead: [
    {
      file: 'model-with-head.json, head.bin',
      description:
        'the backbone with the ArcFace layer on it, for training elsewhere: a face and its class in, logits with the margin out',
    },
    { file: 'arcface-layer.js', description: 'the code of that layer; it imports TensorFlow.js only' },
  ],
  extension: '.zip',
  tolerance: 1e-5,

  write: async (exported, signal) => writeArchive(await files(exported, false, signal), exported.created),

  async verify(file, faces) {
    const { model } = await loadModelZip(file);
    try {
      return await rawEmbeddings(model, faces);
    } finally {
      model.dispose();
    }
  },
} satisfies ExportFormat;

/** The same with the ArcFace head, in files of its own. */
export const tfjsWithHead = {
  ...tfjs,

  write: async (exported, signal) => writeArchive(await files(exported, true, signal), exported.created),

  async verify(file, faces) {
    const embeddings = await tfjs.verify(file, faces);
    const written = await readArchive(file);
    await checkHead(written, parseManifest(readJson(written, 'manifest.json')), embeddings, faces);
    return embeddings;
  },
} satisfies ExportFormat;

async function files(
  exported: ExportedModel,
  withHead: boolean,
  signal: AbortSignal,
): Promise<ArchiveFile[]> {
  const { model, manifest } = exported;
  const saved = await saveNetwork(model);
  const { modelJson, weights, weightSpecs } = toModelFiles(saved, precisionOf(manifest));
  throwIfAborted(signal);
  return [
    ...documents(
      manifest,
      writeReadme(manifest, withHead ? { files: HEAD_ROWS, training: headReadme(manifest) } : null),
    ),
    manifestFile(manifest),
    textFile('model.json', modelJson),
    { name: WEIGHTS_FILE, data: weights },
    ...(withHead ? await headFiles(exported, weightSpecs) : []),
  ];
}
