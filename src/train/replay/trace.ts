import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isPretrained } from '../../config/backbone.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { TraceFiles } from '../../domain/trace.ts';
import { present } from '../../lib/assert.ts';
import { type SafeTensor, type Safetensors, writeSafetensors } from '../../lib/binary/safetensors.ts';
import { ProblemError } from '../../lib/problem.ts';
import { createRandom, type Random } from '../../lib/random.ts';
import { yieldToEventLoop } from '../../lib/yield-to-event-loop.ts';
import { createBackbone } from '../../model/backbones/create-backbone.ts';
import { loadForFineTuning } from '../../model/backbones/pretrained.ts';
import { inputEdge } from '../../model/embed.ts';
import { randomCentres } from '../../model/heads/centres.ts';
import { disposeHead } from '../../model/heads/create-head.ts';
import { chooseScale } from '../../model/scale.ts';
import { createLearner, disposeLearner, embeddingSizeOf, type Learner } from '../step/learner.ts';
import { learningRate, marginStrength } from '../step/schedule.ts';
import { Trainer } from '../step/trainer.ts';
import { classesOf, readBatch, readTensor, surveyBatches } from './trace-files.ts';
import { drawBatches } from './trace-pictures.ts';
import { deterministic } from './trace-settings.ts';

/** Different batches: a trace repeats them as epochs do, so that its losses show learning. */
const DIFFERENT = 4;
const MAX_BYTES = 1024 ** 3;

/**
 * Initial weights and batches for a configuration; the same for the same seed.
 *
 * @throws ProblemError where the configuration does not train from pictures, or the batches would be too large
 */
export async function makeTrace(
  given: TrainingConfig,
  { classes, steps }: { readonly classes: number; readonly steps: number },
): Promise<TraceFiles> {
  const { config, notes } = deterministic(given);
  const random = createRandom(config.seed);
  const network = await networkOf(config, random.fork('network'));
  try {
    const edge = inputEdge(network);
    const batch = config.batchSize;
    if (steps * batch * edge * edge * 3 * 4 > MAX_BYTES) {
      throw new ProblemError(
        `${steps} batches of ${batch} pictures of ${edge}x${edge} would take more than 1 GB.`,
        'Ask for fewer steps or a smaller batch.',
      );
    }
    const drawn = drawBatches(
      { classes, batch, edge, count: Math.min(steps, DIFFERENT) },
      random.fork('pictures'),
    );
    const batches = Array.from({ length: steps }, (_, step): SafeTensor[] => {
      const { images, labels } = present(drawn[step % DIFFERENT], 'a batch');
      return [
        { name: `images_${step}`, shape: [batch, edge, edge, 3], values: images },
        { name: `labels_${step}`, shape: [batch], values: labels },
      ];
    });
    const init = [
      ...(await networkWeights(network)),
      ...(await headWeights(config, network, classes, random)),
    ];
    return { config, notes, init: writeSafetensors(init), batches: writeSafetensors(batches.flat()) };
  } finally {
    network.dispose();
  }
}

/**
 * Trains on exactly these batches, from exactly these weights, on the active backend: one step per batch, learning rate
 * and margin as scheduled over that many steps, nothing augmented.
 *
 * @param given as it was written; what draws at random is left out, see {@link deterministic}
 * @yields after each step its loss, as it was before the step, in nats
 * @throws ProblemError where something in the files is missing or does not fit, or a loss is not a number
 */
export async function* traceLosses(
  given: TrainingConfig,
  { init, batches }: { readonly init: Safetensors; readonly batches: Safetensors },
): AsyncGenerator<{ readonly loss: number; readonly done: number; readonly total: number }> {
  const { config } = deterministic(given);
  const learner = await learnerOf(config, init);
  try {
    const classes = classesOf(config.margin, init);
    const { steps } = surveyBatches(batches, inputEdge(learner.network));
    const trainer = new Trainer(learner, config);
    try {
      for (let step = 0; step < steps; step++) {
        const { images, labels, shape } = await readBatch(batches, step, classes);
        const inputs = tf.tensor4d(images, shape);
        const numbers = await trainer.step([{ inputs, labels: [...labels] }], {
          rate: learningRate(config, step, steps),
          strength: marginStrength(config.margin, step, steps),
        });
        const [loss = Number.NaN] = await numbers.data<'float32'>();
        tf.dispose([inputs, numbers]);
        if (!Number.isFinite(loss)) throw diverged(step);
        yield { loss, done: step + 1, total: steps };
        await yieldToEventLoop(); // a request to stop is a message
      }
    } finally {
      trainer.dispose();
    }
  } finally {
    disposeLearner(learner);
  }
}

async function networkOf({ backbone }: TrainingConfig, random: Random): Promise<LayersModel> {
  if (backbone.kind === 'custom') {
    throw new ProblemError(
      'A custom model cannot be traced: its weights are not part of the configuration.',
      'Choose another "backbone" in the configuration.',
    );
  }
  if (!isPretrained(backbone)) return createBackbone(backbone, random);
  if (backbone.trained !== 'embedding') return loadForFineTuning(backbone, backbone.trained);
  throw new ProblemError(
    'With these settings only the embedding layer is trained, on cached features: there are no steps from images to record.',
    'Choose another "backbone" in the configuration, e.g. {"kind": "small-cnn", "inputSize": 48, "embeddingSize": 32}.',
  );
}

/** A weight of the network, the head's apart. */
interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
  read(): tf.Tensor;
  write(values: tf.Tensor): void;
}

const weightsOf = (network: LayersModel): NamedWeight[] =>
  network.layers.flatMap((layer) => {
    const trained = new Set(layer.trainableWeights);
    return layer.weights.map((weight) => ({
      name: weight.originalName,
      shape: weight.read().shape,
      trained: trained.has(weight),
      read: () => weight.read(),
      write: (values) => weight.write(values),
    }));
  });

const networkWeights = (network: LayersModel): Promise<SafeTensor[]> =>
  Promise.all(weightsOf(network).map(({ name, read }) => asWritten(name, read())));

/** Those of a fresh head. */
async function headWeights(
  config: TrainingConfig,
  network: LayersModel,
  classes: number,
  random: Random,
): Promise<SafeTensor[]> {
  const centres = randomCentres(classes, embeddingSizeOf(network), random.fork('centres'));
  const scale = chooseScale(config.scale, classes).value;
  const { head } = createLearner(network, config, { centres, scale, random });
  try {
    return await Promise.all(head.weights.map(({ name, variable }) => asWritten(name, variable)));
  } finally {
    disposeHead(head);
  }
}

async function asWritten(name: string, tensor: tf.Tensor): Promise<SafeTensor> {
  // On the CPU backend data() may hand out the backend's own array.
  return { name, shape: tensor.shape, values: (await tensor.data<'float32'>()).slice() };
}

/** The configured network and head with the weights of a file. */
async function learnerOf(config: TrainingConfig, init: Safetensors): Promise<Learner> {
  const random = createRandom(config.seed);
  const network = await networkOf(config, random.fork('network'));
  try {
    for (const { name, shape, trained, write } of weightsOf(network)) {
      // Moving averages have no part in training; what is not trained may stay as the program has it.
      if (!trained && !init.has(name)) continue;
      const values = await readTensor(init, name, shape);
      tf.tidy(() => write(tf.tensor(values, [...shape])));
    }
  } catch (thrown) {
    network.dispose();
    throw thrown;
  }
  const classes = classesOf(config.margin, init);
  const centres = new Float32Array(classes * embeddingSizeOf(network)); // replaced below
  const scale = chooseScale(config.scale, classes).value;
  const learner = createLearner(network, config, { centres, scale, random });
  try {
    for (const { name, variable } of learner.head.weights) {
      const values = await readTensor(init, name, variable.shape);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
    return learner;
  } catch (thrown) {
    disposeLearner(learner);
    throw thrown;
  }
}

const diverged = (step: number): ProblemError =>
  new ProblemError(
    `At step ${step} (the first is 0) the loss was not a number.`,
    'Check the weights and images of the folder, or lower the learning rate.',
  );
