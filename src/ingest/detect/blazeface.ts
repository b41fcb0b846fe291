import { type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  loadLayersModel,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { startProcessor } from '../../engine/selection/start-processor.ts';
import { assert } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { publicUrl } from '../../lib/public-url.ts';
import { type ImagePyramid, sample } from '../image-pyramid.ts';
import { blend, type Candidate, INPUT_SIZE, type InputSize, type Region, readOutputs } from './boxes.ts';

/** Finds faces in one square region of a picture, which is scaled to `inputSize` (as trained if not given). */
export type Detector = (picture: ImagePyramid, region: Region, inputSize?: InputSize) => Candidate[];

/** Faces below this score are not reported. */
const THRESHOLD = 0.4;

let loading: Promise<Detector> | null = null;

/**
 * Loads BlazeFace (trained for 256 x 256, six points), once per worker.
 *
 * @throws ProblemError when its file cannot be fetched; the next call tries again.
 */
export function loadDetector(): Promise<Detector> {
  loading ??= load().catch((thrown: unknown) => {
    loading = null;
    console.error(thrown);
    throw new ProblemError(
      'The face detector could not be loaded.',
      'Check the connection to the server that this page came from and try again.',
    );
  });
  return loading;
}

async function load(): Promise<Detector> {
  await startProcessor();
  const network = outputMaps(await loadLayersModel(publicUrl('models/blazeface/model.json')));
  return (picture, region, inputSize = INPUT_SIZE) => {
    const step = region.side / inputSize;
    const map = { a: step, b: 0, c: region.x, d: 0, e: step, f: region.y };
    const values = sample(picture, map, inputSize, { kind: 'colour', value: 127.5 });
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / 127.5 - 1;
    const [fineScores, coarseScores, fineBoxes, coarseBoxes] = tidy(() => {
      const input = tensor4d(values, [1, inputSize, inputSize, 3]);
      const outputs: Tensor | Tensor[] = network.call(input, { training: false });
      assert(Array.isArray(outputs), 'the detector has several outputs');
      return outputs.map((output) => output.dataSync<'float32'>());
    });
    if (!fineScores || !coarseScores || !fineBoxes || !coarseBoxes)
      throw new Error('Internal error: the detector has four maps');
    const [scores, boxes] = [joined(fineScores, coarseScores), joined(fineBoxes, coarseBoxes)];
    return blend(readOutputs(scores, boxes, region, THRESHOLD, inputSize));
  };
}

/**
 * The network without its last layers, which only lay its maps one behind the other, for an input of one size: it consists of
 * convolutions. Scores of the two grids of anchors, then boxes: [1, s/16, s/16, 2], [1, s/32, s/32, 6], the same x 16.
 */
function outputMaps(model: LayersModel): LayersModel {
  const outputs = model.layers
    .filter((layer) => layer.getClassName() === 'Reshape')
    .map(({ input }) => input as SymbolicTensor); // each has one
  return modelOf({ inputs: model.inputs, outputs });
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const all = new Float32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
