import { type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { startProcessor } from '../../engine/selection/start-processor.ts';
import { assert } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { publicUrl } from '../../lib/public-url.ts';
import { type ImagePyramid, sample } from '../image-pyramid.ts';
import { blend, type Candidate, INPUT_SIZE, type Region, readOutputs } from './boxes.ts';

/** Finds faces in one square region of a picture. */
export type Detector = (picture: ImagePyramid, region: Region) => Candidate[];

/** Faces below this score are not reported. */
const THRESHOLD = 0.4;

let loading: Promise<Detector> | null = null;

/**
 * Loads BlazeFace (256 x 256, 896 anchors, six points), once per worker.
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
  const model = await loadLayersModel(publicUrl('models/blazeface/model.json'));
  return (picture, region) => {
    const step = region.side / INPUT_SIZE;
    const map = { a: step, b: 0, c: region.x, d: 0, e: step, f: region.y };
    const values = sample(picture, map, INPUT_SIZE, { kind: 'colour', value: 127.5 });
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / 127.5 - 1;
    const [scores, boxes] = tidy(() => {
      const input = tensor4d(values, [1, INPUT_SIZE, INPUT_SIZE, 3]);
      const outputs: Tensor | Tensor[] = model.predictOnBatch(input);
      assert(Array.isArray(outputs) && outputs.length === 2, 'the detector has two outputs');
      return outputs.map((output) => output.dataSync());
    });
    assert(scores !== undefined && boxes !== undefined, 'the detector has two outputs');
    return blend(readOutputs(scores, boxes, region, THRESHOLD));
  };
}
