/**
 * TensorFlow.js as published: its layers, its operations, its optimiser, and no code of this program that registers
 * anything.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { findWebGl, findWebGpu } from '../../src/engine/selection/devices.ts';
import {
  type Case,
  CLASSES,
  EMBEDDING,
  LOGIT_SCALE,
  MARGIN,
  MOMENTUM,
  RATE,
  slowBatch,
  WEIGHT_DECAY,
} from '../case.ts';
import { planBackbone } from '../plan.ts';
import { startPublishedWasm } from './published-wasm.ts';
import { type Running, randomPictures, seededRandom, serveBench } from './running.ts';
import { stockNetwork } from './stock-network.ts';

interface Ready {
  readonly threads: number;
  readonly adapter: string | null;
  readonly slow: boolean;
}

async function prepare({ contender, threads }: Case): Promise<Ready> {
  switch (contender) {
    case 'stock-webgpu':
    case 'stock-webgl': {
      const device = contender === 'stock-webgpu' ? await findWebGpu() : findWebGl();
      if (typeof device === 'string') throw new Error(device);
      const backend = contender === 'stock-webgpu' ? 'webgpu' : 'webgl';
      if (!(await tf.setBackend(backend))) throw new Error('it did not start');
      return { threads: 1, adapter: device.name, slow: device.software };
    }
    case 'stock-wasm':
      await startPublishedWasm(threads);
      return { threads: getThreadsCount(), adapter: null, slow: false };
    case 'stock-cpu':
      await tf.setBackend('cpu');
      return { threads: 1, adapter: null, slow: true };
    default:
      throw new Error(`Internal error: ${contender} is not stock TensorFlow.js`);
  }
}

const normalise = (rows: tf.Tensor): tf.Tensor =>
  tf.div(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));

/** ArcFace's loss in published operations alone. */
function arcFaceLoss(embeddings: tf.Tensor, centres: tf.Tensor, oneHot: tf.Tensor2D): tf.Scalar {
  const cosines = tf.matMul(normalise(embeddings), normalise(centres), false, true); // [B,K]
  const own = tf.sum(tf.mul(cosines, oneHot), 1, true); // [B,1]
  const sine = tf.sqrt(tf.maximum(tf.sub(1, tf.square(own)), 1e-6));
  // cos(theta + m) everywhere: what happens past pi - m would need a gradient of `greater`, which there is none of,
  // and costs nothing beside the rest.
  const margined = tf.sub(tf.mul(own, Math.cos(MARGIN)), tf.mul(sine, Math.sin(MARGIN)));
  const logits = tf.mul(tf.add(cosines, tf.mul(oneHot, tf.sub(margined, own))), LOGIT_SCALE);
  return tf.losses.softmaxCrossEntropy(oneHot, logits) as tf.Scalar;
}

async function start(spec: Case): Promise<Running> {
  if (spec.contender === 'stock-wasm' && !spec.forward) {
    throw new Error('the published WebAssembly backend has no gradients of convolutions');
  }
  tf.enableProdMode();
  const { threads, adapter, slow } = await prepare(spec);
  const { backbone, batch, size, forward } = slow ? { ...spec, batch: slowBatch(spec) } : spec;
  const random = seededRandom();
  const network = stockNetwork(planBackbone(backbone, size), size);
  const pictures = randomPictures({ ...spec, batch }, random);
  const started = { batch, threads, userAgent: navigator.userAgent, adapter };
  const inputs = (): tf.Tensor4D => tf.tensor4d(pictures.values, [batch, size, size, 3]);

  if (forward) {
    const step = async (): Promise<null> => {
      const embeddings = tf.tidy(() => network.apply(inputs(), { training: false }) as tf.Tensor); // one in, one out
      await embeddings.data();
      embeddings.dispose();
      return null;
    };
    return { started, step };
  }

  const dimension = EMBEDDING[backbone];
  const centres = tf.tidy(() => tf.variable(tf.randomNormal([CLASSES, dimension], 0, dimension ** -0.5)));
  const kernels = network.trainableWeights.filter((weight) => weight.originalName.endsWith('kernel'));
  const decayed = new Set([...kernels.map((weight) => weight.read() as tf.Variable), centres]); // layers keep variables
  const variables = [...network.trainableWeights.map((weight) => weight.read() as tf.Variable), centres];
  const optimiser = tf.train.momentum(RATE, MOMENTUM);
  const step = async (): Promise<number> => {
    const loss = tf.tidy(() => {
      const oneHot = tf.tensor2d(pictures.oneHot, [batch, CLASSES]);
      const { value, grads } = tf.variableGrads(() => {
        const embeddings = network.apply(inputs(), { training: true }) as tf.Tensor; // one in, one out
        return arcFaceLoss(embeddings, centres, oneHot);
      }, variables);
      const changes = variables.flatMap((weight) => {
        const { name } = weight;
        const gradient = grads[name];
        if (!gradient) return [];
        const tensor = decayed.has(weight) ? tf.add(gradient, tf.mul(weight, WEIGHT_DECAY)) : gradient;
        return [{ name, tensor }];
      });
      optimiser.applyGradients(changes);
      return value;
    });
    const [value] = await loss.data<'float32'>();
    loss.dispose();
    return value ?? Number.NaN;
  };
  return { started, step };
}

serveBench(start);
