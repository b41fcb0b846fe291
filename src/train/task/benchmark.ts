import * as tf from '@tensorflow/tfjs-core';
import { isPretrained } from '../../config/backbone.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import { trainingDevice } from '../../engine/ops/training-device.ts';
import type { BenchmarkJob, Workload } from '../../engine/selection/select-backend.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { createRandom } from '../../lib/random.ts';
import { disposeBackbone } from '../../model/backbones/pretrained.ts';
import type { CustomModel } from '../../model/custom-model/read.ts';
import { inputChannels, inputEdge } from '../../model/embed.ts';
import { randomCentres } from '../../model/heads/centres.ts';
import { selfTest } from '../../model/self-test.ts';
import { createLearner, disposeLearner, embeddingSizeOf } from '../step/learner.ts';
import { Trainer } from '../step/trainer.ts';
import type { LoadSplit } from './cached-features.ts';
import { trainingModeOf } from './create-task.ts';
import type { EndToEndStart } from './end-to-end.ts';

/** Timed steps, after one to warm up. */
const STEPS = 2;
/** A first step this slow says enough. */
const SLOW_MS = 6_000;
const CLASSES = 10;
const SCALE = 8;
const FEATURE_BATCH = 16;

/** What has to be computed. Behind the cached features of a custom model there may be layers of any kind. */
const workloadOf = ({ backbone }: TrainingConfig): Workload =>
  isPretrained(backbone) && backbone.trained === 'embedding' ? 'frozen' : 'end-to-end';

/** What a backend is chosen for: the self-test and the benchmark of a run. */
export function benchmarkJob(
  config: TrainingConfig,
  signal: AbortSignal,
  customModel: CustomModel | null = null,
): BenchmarkJob {
  const { backbone, batchSize, preset } = config;
  const network = customModel
    ? `${preset}/${customModel.parameters}/${JSON.stringify(customModel.topology).length}/`
    : '';
  return {
    workload: workloadOf(config),
    key: `${network}${JSON.stringify(backbone)}/${batchSize}`,
    selfTest,
    benchmark: () => {
      const mode = trainingModeOf({ config, customModel, random: createRandom(1) });
      return mode.kind === 'cached-features'
        ? featureSpeed(mode.load, signal)
        : stepSpeed(mode, config, signal);
    },
  };
}

/** Faces per second through the frozen part of a network, on the active backend: what takes longest in Quick. */
async function featureSpeed(load: LoadSplit, signal: AbortSignal): Promise<number> {
  const backbone = await load();
  const [, height = 0, width = 0, channels = 0] = backbone.whole.inputs[0]?.shape ?? [];
  const images = tf.zeros([FEATURE_BATCH, height ?? 0, width ?? 0, channels ?? 0]);
  try {
    return await speedOf(FEATURE_BATCH, signal, async () =>
      tf.tidy(() => backbone.trunk.apply(images, { training: false }) as tf.Tensor),
    );
  } finally {
    images.dispose();
    disposeBackbone(backbone);
  }
}

/** Images per second of real training steps on random images, on the active backend. */
async function stepSpeed(start: EndToEndStart, config: TrainingConfig, signal: AbortSignal): Promise<number> {
  const { batchSize } = config;
  const random = createRandom(1);
  const network = await start.network();
  const edge = inputEdge(network);
  const channels = inputChannels(network);
  const centres = randomCentres(CLASSES, embeddingSizeOf(network), random);
  const learner = createLearner(network, config, { centres, scale: SCALE, random });
  const trainer = new Trainer(learner, config);
  const labels = Array.from({ length: batchSize }, (_, i) => i % CLASSES);
  const values = Float32Array.from(
    { length: batchSize * edge * edge * channels },
    () => random.next() * 2 - 1,
  );
  const inputs = tf.tensor4d(values, [batchSize, edge, edge, channels]);
  try {
    return await speedOf(batchSize, signal, () =>
      trainer.step([{ inputs, labels }], { rate: 1e-4, strength: 0 }),
    );
  } finally {
    inputs.dispose();
    trainer.dispose();
    disposeLearner(learner);
  }
}

/** Images per second of work whose result is waited for. */
async function speedOf(images: number, signal: AbortSignal, work: () => Promise<tf.Tensor>): Promise<number> {
  const once = async (): Promise<number> => {
    throwIfAborted(signal);
    const start = performance.now();
    const result = await work();
    await result.data();
    result.dispose();
    return performance.now() - start;
  };
  // Where a graphics device compiled its kernels in the first step, the second is the first that says how fast it is.
  let first = await once();
  if (first > SLOW_MS && trainingDevice()) first = await once();
  if (first > SLOW_MS) return (1000 * images) / first;
  let total = 0;
  for (let i = 0; i < STEPS; i++) total += await once();
  return (1000 * images * STEPS) / total;
}
