import * as tf from '@tensorflow/tfjs-core';
import { readArchive, writeArchive } from '../../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { cardContents, documents, manifestFile } from '../documents/common-files.ts';
import type { ExportFormat } from '../formats/format.ts';
import { type Manifest, parseManifest, precisionOf, rangeOfManifest } from '../manifest.ts';
import { toOnnx } from './convert.ts';
import { decodeModel } from './decode.ts';
import { encodeModel } from './encode.ts';
import type { InputRange } from './input.ts';
import { onnxReadme } from './readme.ts';
import { runModel } from './run/run.ts';

const MODEL = 'model.onnx';
const MANIFEST = 'manifest.json';
/** Of norms folded into convolutions, and sums in another order. */
const TOLERANCE = 1e-4;

export interface OnnxFormat {
  readonly id: string;
  readonly label: string;
  /** What the file takes, in words. */
  readonly takes: string;
  /** Behind the name that the person gives. */
  readonly extension: string;
  readonly taken: InputRange['taken'];
}

/**
 * An ONNX file with its manifest and a README, in a .zip. Input `data`: RGB [B, 3, S, S], scaled as `taken` says; output
 * `embedding`: [B, D], raw. The check reads the file back without anything of what wrote it, and runs it on TensorFlow.js.
 */
export function onnxFormat({ id, label, takes, extension, taken }: OnnxFormat): ExportFormat {
  return {
    id,
    label,
    contents: [
      { file: MODEL, description: `the backbone, which turns a face into an embedding; takes ${takes}` },
      {
        file: MANIFEST,
        description:
          'how faces must be aligned, the people and their class centres, threshold, settings, results',
      },
      { file: 'README.md', description: 'example code, and where each program wants the file' },
      cardContents,
    ],
    extension,
    tolerance: TOLERANCE,

    async write({ model, manifest, created }, signal) {
      const range = { taken, wanted: rangeOfManifest(manifest) };
      const precision = precisionOf(manifest);
      const graph = await toOnnx(model, { range, foldNorms: precision === 'float32', precision }, signal);
      throwIfAborted(signal);
      return writeArchive(
        [
          ...documents(manifest, onnxReadme(manifest, taken)),
          manifestFile(manifest),
          { name: MODEL, data: encodeModel(graph, manifest.program) },
        ],
        created,
      );
    },

    async verify(file, faces) {
      const files = await readArchive(file);
      const manifest = parseManifest(JSON.parse(new TextDecoder().decode(part(files, MANIFEST))));
      const model = decodeModel(part(files, MODEL));
      const output = tf.tidy(() => runModel(model, inputOf(faces, manifest, taken)));
      try {
        // On the CPU backend data() may return the backend's array.
        return (await output.data<'float32'>()).slice();
      } finally {
        output.dispose();
      }
    },
  };
}

/**
 * The faces as the file takes them, from what the network takes: the scaling undone; of luminance three equal channels, whose
 * luminance it is.
 *
 * @param faces [F, S, S, C]
 * @returns [F, 3, S, S]
 */
function inputOf(faces: tf.Tensor4D, manifest: Manifest, taken: InputRange['taken']): tf.Tensor4D {
  const { mean, divisor } = rangeOfManifest(manifest);
  const rgb = faces.shape[3] === 1 ? tf.tile(faces, [1, 1, 1, 3]) : faces;
  const bytes = tf.add(tf.mul(rgb, tf.tensor1d([...divisor])), tf.tensor1d([...mean]));
  const scaled = taken === 'bytes' ? bytes : tf.div(tf.sub(bytes, 127.5), 127.5);
  return tf.transpose(scaled, [0, 3, 1, 2]) as tf.Tensor4D;
}

function part(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, name: string): Uint8Array<ArrayBuffer> {
  const data = files.get(name);
  if (data !== undefined) return data;
  throw new ProblemError(`The zip lacks ${name}.`, 'It is damaged or incomplete: write it again.');
}
