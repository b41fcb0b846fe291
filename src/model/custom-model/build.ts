import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ProblemError } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import { seedMasks } from '../backbones/shared/dropout.ts';
import type { CustomModel } from './read.ts';
import { preparedTopology } from './topology.ts';
import { weightNames } from './weight-names.ts';

const REMEDY = 'Choose a model that plain TensorFlow.js 4 loads with tf.loadLayersModel.';

export interface BuildOptions {
  /** Set where the model leaves its input size free. */
  readonly inputSize: number | null;
  /** Weights come from the initialisers of the layers, with drawn seeds, instead of from the file. */
  readonly fresh: boolean;
  /** Seeds, and the masks of dropout. */
  readonly random: Random;
}

/**
 * The network of the files on the active backend, every weight trainable. The caller disposes of it.
 *
 * @throws ProblemError in which the library says why it cannot be built, or which weights do not fit
 */
export async function buildCustomModel(
  source: CustomModel,
  { inputSize, fresh, random }: BuildOptions,
): Promise<tfl.LayersModel> {
  // Came out of a JSON file, which is all that the library's type says.
  const topology = preparedTopology(
    source.topology,
    inputSize,
    fresh ? random.fork('initialisers') : null,
  ) as Parameters<typeof tfl.models.modelFromJSON>[0]['modelTopology'] & object;
  const model = await withBudget(source.parameters, () =>
    tfl.models.modelFromJSON({ modelTopology: topology }),
  ).catch((thrown: unknown) => {
    if (thrown instanceof ProblemError) throw thrown;
    throw new ProblemError(`The network cannot be built: ${reason(thrown)}`, REMEDY);
  });
  try {
    if (!fresh) fill(model, source);
    for (const layer of leavesOf(model)) {
      layer.trainable = true; // files may store layers as frozen
      if (layer.getClassName() === 'Dropout') seedMasks(layer, random);
    }
    model.trainable = true;
    return model;
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/** The layers of a network, those of networks within it among them. */
export function leavesOf(layer: tfl.layers.Layer): tfl.layers.Layer[] {
  return layer instanceof tfl.LayersModel ? layer.layers.flatMap(leavesOf) : [layer];
}

/**
 * Layers allocate their weights while they are built, before those of the files are set: so a description that asks for
 * more numbers than its files hold is stopped during the build.
 */
async function withBudget(numbers: number, build: () => Promise<tfl.LayersModel>): Promise<tfl.LayersModel> {
  const { prototype } = tfl.layers.Layer;
  // Protected, and the only place that all weights come through.
  const ordinary: unknown = Reflect.get(prototype, 'addWeight');
  if (typeof ordinary !== 'function') throw new Error('Internal error: layers add no weights');
  const created: unknown[] = [];
  let left = numbers;
  const counted = function (this: unknown, ...args: unknown[]): unknown {
    const [, shape] = args;
    if (Array.isArray(shape)) left -= shape.reduce((product: number, size) => product * Number(size ?? 1), 1);
    if (!(left >= 0)) {
      throw new ProblemError(
        `The network needs more numbers than the ${numbers} that its weights files hold.`,
        'The files are damaged or not all of one model: save or download the model again.',
      );
    }
    const weight: unknown = Reflect.apply(ordinary, this, args);
    created.push(weight);
    return weight;
  };
  let building: Promise<tfl.LayersModel>;
  Reflect.set(prototype, 'addWeight', counted);
  try {
    building = build(); // builds synchronously
  } finally {
    Reflect.set(prototype, 'addWeight', ordinary);
  }
  try {
    return await building;
  } catch (thrown) {
    for (const weight of created) if (isDisposable(weight)) weight.dispose();
    throw thrown;
  }
}

const isDisposable = (value: unknown): value is { dispose(): void } =>
  typeof value === 'object' && value !== null && 'dispose' in value && typeof value.dispose === 'function';

function fill(model: tfl.LayersModel, { weights }: CustomModel): void {
  const named: tf.NamedTensorMap = {};
  const names = weightNames(leavesOf(model));
  try {
    for (const [given, { shape, values }] of weights) {
      const name = names(given);
      if (Object.hasOwn(named, name)) throw new Error(`"${name}" comes twice.`);
      named[name] = tf.tensor(values, [...shape]);
    }
    model.loadWeights(named);
  } catch (thrown) {
    throw new ProblemError(
      `The weights do not fit the network: ${reason(thrown)}`,
      'The files are damaged or not all of one model: save or download the model again.',
    );
  } finally {
    tf.dispose(named);
  }
}

const reason = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200);
