/** The program's own training step (src/train/step), on any backend. */
import '@tensorflow/tfjs-backend-cpu';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { presets } from '../../src/config/presets.ts';
import { findWebGl, findWebGpu } from '../../src/engine/selection/devices.ts';
import { startBackend } from '../../src/engine/selection/start-backend.ts';
import { bestOptions, startSimd } from '../../src/engine/simd/start.ts';
import { createBackbone } from '../../src/model/backbones/create-backbone.ts';
import { randomCentres } from '../../src/model/heads/centres.ts';
import { augmentedToTensor } from '../../src/model/preprocess.ts';
import { createLearner } from '../../src/train/step/learner.ts';
import { Trainer } from '../../src/train/step/trainer.ts';
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

  function training(): () => Promise<number> {
    const centres = randomCentres(CLASSES, EMBEDDING[work.backbone], random.fork('centres'));
    const config = {
      margin: {
        kind: 'arcface',
        m: MARGIN,
        easy: false,
        pastPi: 'continued',
        gradient: 'exact',
        warmupFraction: 0,
      },
      optimiser: { kind: 'sgd', momentum: MOMENTUM, nesterov: false },
      weightDecay: WEIGHT_DECAY,
      headRateFactor: 1,
      stageRateFactor: 1,
      labelSmoothing: 0,
      clipNorm: 0,
    } as const;
    const learner = createLearner(network, config, { centres, scale: LOGIT_SCALE, random });
    const trainer = new Trainer(learner, config);
    const labels = [...pictures.labels];
    const faces = Array.from({ length: work.batch }, () =>
      Uint8Array.from({ length: work.size ** 2 * 3 }, () => random.below(256)),
    );
    // What is timed is the step that the peers have, of numbers; what is counted is the whole step of a run, of bytes.
    const inputsOf = (): tf.Tensor4D =>
      spec.count
        ? augmentedToTensor(faces, work.size, presets.scratch.augment, random)
        : tf.tensor4d(pictures.values, shape);
    return async () => {
      const inputs = inputsOf();
      const numbers = await trainer.step([{ inputs, labels }], { rate: RATE });
      const [loss] = await numbers.data<'float32'>();
      tf.dispose([numbers, inputs]);
      return loss ?? Number.NaN;
    };
  }

  const step = spec.forward ? embed : training();
  return {
    started: { batch: work.batch, threads, userAgent: navigator.userAgent, adapter },
    step: times ? () => times.step(step) : step,
    ...(times ? { counted: () => times.reset(), kernels: () => times.report() } : {}),
  };
}

serveBench(start);
