/** The program's own step (src/train/step.ts), on any backend. */
import '@tensorflow/tfjs-backend-cpu';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { presets } from '../../src/config/presets.ts';
import { findWebGl, findWebGpu } from '../../src/engine/selection/devices.ts';
import { startBackend } from '../../src/engine/selection/start-backend.ts';
import { bestOptions, startSimd } from '../../src/engine/simd/start.ts';
import { createBackbone } from '../../src/model/backbones/index.ts';
import { randomCentres } from '../../src/model/heads/centres.ts';
import { createHead } from '../../src/model/heads/index.ts';
import { parameters } from '../../src/train/step/learner.ts';
import { createOptimiser } from '../../src/train/step/optimisers.ts';
import { trainStep } from '../../src/train/step/step.ts';
import { backboneConfig } from '../backbone-config.ts';
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
import { KernelTimes } from './kernel-times.ts';
import { startPublishedWasm } from './published-wasm.ts';
import { type Running, randomPictures, seededRandom, serveBench } from './running.ts';

interface Ready {
  readonly threads: number;
  readonly adapter: string | null;
  readonly slow: boolean;
}

async function prepare({ contender, threads }: Case): Promise<Ready> {
  switch (contender) {
    case 'simd': {
      const best = bestOptions();
      const backend = await startSimd({ ...best, threads });
      if (!(await tf.setBackend('simd'))) throw new Error('simd did not start');
      return { threads: backend.threads.size, adapter: null, slow: false };
    }
    case 'webgpu':
    case 'webgl': {
      const device = contender === 'webgpu' ? await findWebGpu() : findWebGl();
      if (typeof device === 'string') throw new Error(device);
      await startBackend(contender);
      return { threads: 1, adapter: device.name, slow: device.software };
    }
    case 'wasm':
      await startPublishedWasm(threads);
      return { threads: getThreadsCount(), adapter: null, slow: false };
    case 'cpu':
      await startBackend('cpu');
      return { threads: 1, adapter: null, slow: true };
    default:
      throw new Error(`Internal error: ${contender} is not a backend`);
  }
}

async function start(spec: Case): Promise<Running> {
  if (spec.contender === 'wasm' && !spec.forward) {
    throw new Error('the published WebAssembly backend has no gradients of convolutions');
  }
  tf.enableProdMode();
  const times = spec.kernels && ['simd', 'cpu', 'wasm'].includes(spec.contender) ? new KernelTimes() : null;
  if (spec.contender === 'simd') times?.watch('cpu', false);
  const { threads, adapter, slow } = await prepare(spec);
  times?.watch(spec.contender, spec.contender === 'simd');

  const work = slow ? { ...spec, batch: slowBatch(spec) } : spec;
  const random = seededRandom();
  const network = createBackbone(backboneConfig(spec), random.fork('network'));
  const pictures = randomPictures(work, random.fork('pictures'));
  const shape: [number, number, number, number] = [work.batch, work.size, work.size, 3];

  async function embed(): Promise<null> {
    const embeddings = tf.tidy(
      // One tensor in, one out.
      () => network.apply(tf.tensor4d(pictures.values, shape), { training: false }) as tf.Tensor,
    );
    await embeddings.data();
    embeddings.dispose();
    return null;
  }

  function trainer(): () => Promise<number> {
    const dimension = EMBEDDING[work.backbone];
    const initial = randomCentres(CLASSES, dimension, random.fork('centres'));
    const begin = { centres: initial, dimension, scale: LOGIT_SCALE, sampledClasses: CLASSES };
    const margin = { kind: 'arcface', m: MARGIN, easy: false, gradient: 'exact', warmupFraction: 0 } as const;
    const learner = { network, ...createHead(margin, begin, random.fork('head')) };
    const weights = parameters(learner, { headRateFactor: 1, stageRateFactor: 1 });
    const variables = weights.map(({ variable }) => variable);
    const config = {
      ...presets.scratch.optimiser,
      kind: 'sgd',
      momentum: MOMENTUM,
      nesterov: false,
    } as const;
    const optimiser = createOptimiser(config, weights, WEIGHT_DECAY);
    const settings = { strength: 1, scale: LOGIT_SCALE, smoothing: 0, rate: RATE, clipNorm: 0 };
    return async () => {
      const batch = {
        inputs: tf.tensor4d(pictures.values, shape),
        labels: tf.tensor1d(pictures.labels, 'int32'),
      };
      const numbers = trainStep(learner, variables, optimiser, [batch], settings);
      const [loss] = await numbers.data<'float32'>();
      tf.dispose([numbers, batch.inputs, batch.labels]);
      return loss ?? Number.NaN;
    };
  }

  const step = spec.forward ? embed : trainer();
  return {
    started: { batch: work.batch, threads, userAgent: navigator.userAgent, adapter },
    step: times ? () => times.step(step) : step,
    ...(times ? { counted: () => times.reset(), kernels: () => times.report() } : {}),
  };
}

serveBench(start);
