import * as tf from '@tensorflow/tfjs-core';
import { presets } from '../config/presets.ts';
import type { BackendName } from '../config/training-config.ts';
import type { Workload } from '../engine/selection/select-backend.ts';
import { startBackend } from '../engine/selection/start-backend.ts';
import { createRandom } from '../lib/random.ts';
import { smallCnn } from './backbones/small-cnn/build.ts';
import { disposeHead, headOf } from './heads/create-head.ts';
import { lossOf } from './heads/head.ts';

const BATCH = 4;
const CLASSES = 3;
const EDGE = 32;
const FEATURES = 32;
const EMBEDDING = 8;
const SCALE = 8;

/**
 * One gradient of the ArcFace loss, by every weight of a tiny network: a dense layer (`frozen`) or a small CNN
 * with batch-norm and PReLU (`end-to-end`), always the same numbers in.
 *
 * @returns gradients by the name of the weight
 */
async function gradients(workload: Workload): Promise<Map<string, Float32Array>> {
  const random = createRandom(20_260);
  const normal = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
  const labels = [0, 1, 2, 1];
  const network = workload === 'end-to-end' ? smallCnn(EDGE, EMBEDDING, random.fork('network')) : null;
  const values = normal(network ? BATCH * EDGE * EDGE * 3 : BATCH * FEATURES);
  const dense = tf.variable<tf.Rank.R2>(tf.tensor2d(normal(FEATURES * EMBEDDING), [FEATURES, EMBEDDING]));
  const centres = tf.variable<tf.Rank.R2>(tf.tensor2d(normal(CLASSES * EMBEDDING), [CLASSES, EMBEDDING]));
  // The weights of a layers model are variables behind the read-only face of a tensor.
  const weights = network ? network.trainableWeights.map((w) => w.read() as tf.Variable) : [dense];

  const head = headOf(presets.quick.margin, centres, SCALE, random.fork('head'));
  const settings = { strength: 1, scale: SCALE, smoothing: 0 };
  const grads = tf.tidy(
    () =>
      tf.variableGrads(() => {
        const embeddings: tf.Tensor2D = network
          ? (network.apply(tf.tensor4d(values, [BATCH, EDGE, EDGE, 3]), { training: true }) as tf.Tensor2D)
          : tf.matMul(tf.tensor2d(values, [BATCH, FEATURES]), dense);
        return lossOf(head, embeddings, tf.tensor1d(labels, 'int32'), settings).loss;
      }, [...weights, centres]).grads,
  );
  // Names of variables are made unique by counting; the position is what the two runs share.
  const result = new Map<string, Float32Array>();
  let position = 0;
  for (const gradient of Object.values(grads)) {
    result.set(String(position++), await gradient.data<'float32'>());
    gradient.dispose();
  }
  dense.dispose();
  disposeHead(head);
  network?.dispose();
  return result;
}

/** Largest difference between two gradients, each relative to the largest entry of its weight's gradient. */
function difference(a: Map<string, Float32Array>, b: Map<string, Float32Array>): number {
  let worst = 0;
  for (const [name, reference] of a) {
    const other = b.get(name);
    if (!other || other.length !== reference.length) return Number.POSITIVE_INFINITY;
    const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    reference.forEach((value, i) => {
      const apart = Math.abs(value - (other[i] ?? Number.NaN)) / Math.max(largest, 1e-6);
      // NaN must not pass as small.
      if (!(apart <= worst)) worst = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
    });
  }
  return worst;
}

/** See {@link import('../engine/selection/select-backend.ts').SelfTest}. */
export async function selfTest(backend: BackendName, workload: Workload): Promise<number> {
  await startBackend('cpu');
  const reference = await gradients(workload);
  await startBackend(backend);
  return difference(reference, await gradients(workload));
}
