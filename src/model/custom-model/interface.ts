import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { CUSTOM_INPUT } from '../../config/backbone.ts';
import type { Channels } from '../../lib/pixel-range.ts';
import { ProblemError } from '../../lib/problem.ts';

const MAX_EMBEDDING = 4096;

/** What a network takes and gives. */
export interface Interface {
  /** Edge of the picture in pixels; null where the network leaves it free. */
  readonly edge: number | null;
  readonly channels: Channels;
  readonly dimension: number;
}

/**
 * Checks that a network turns one picture, in colour or grey, into one vector.
 *
 * @throws ProblemError that says what it takes or gives instead
 */
export function checkInterface(model: LayersModel): Interface {
  const [input, ...inputs] = model.inputs;
  const [output, ...outputs] = model.outputs;
  if (!input || !output || inputs.length > 0 || outputs.length > 0) {
    throw new ProblemError(
      `The network has ${model.inputs.length} inputs and ${model.outputs.length} outputs; it must have one input for a face and one output for its embedding.`,
      'Choose a model with one input and one output.',
    );
  }
  for (const layer of model.layers) checkUse(layer);
  return { ...pictureOf(input.shape), dimension: dimensionOf(output.shape) };
}

function pictureOf(shape: readonly (number | null)[]): Pick<Interface, 'edge' | 'channels'> {
  const [, height = 0, width = 0, channels = 0] = shape;
  const text = textOf(shape);
  if (shape.length !== 4) {
    throw new ProblemError(
      `The input of the network is ${text}, not a picture.`,
      'Choose a model that takes pictures.',
    );
  }
  if (channels !== 3 && channels !== 1) {
    const first = height === 3 || height === 1 ? ', with the channels in front' : '';
    throw new ProblemError(
      `The network takes ${text}${first}; faces have three channels, red, green and blue, or one, grey, and channels come last.`,
      'Choose a model that takes [height, width, 3] or [height, width, 1].',
    );
  }
  if (height !== width) {
    throw new ProblemError(
      `The network takes pictures of ${text}; faces are square.`,
      'Choose a model that takes square pictures.',
    );
  }
  if (height !== null && (height < CUSTOM_INPUT.min || height > CUSTOM_INPUT.max)) {
    throw new ProblemError(
      `The network takes pictures of ${height} x ${height} pixels; ${CUSTOM_INPUT.min} to ${CUSTOM_INPUT.max} are supported.`,
      'Choose another model.',
    );
  }
  return { edge: height, channels };
}

function dimensionOf(shape: readonly (number | null)[]): number {
  const size = shape[1];
  if (shape.length !== 2 || typeof size !== 'number') {
    throw new ProblemError(
      `The output of the network is ${textOf(shape)}, not a vector: an embedding is one row of numbers.`,
      'Choose a model that ends in a dense layer, or in global pooling or Flatten.',
    );
  }
  if (size < 2 || size > MAX_EMBEDDING) {
    throw new ProblemError(
      `The output of the network has ${size} numbers; an embedding has 2 to ${MAX_EMBEDDING}.`,
      'Choose another model, or remove its last layer.',
    );
  }
  return size;
}

/** A layer that is used at several sizes has no single output shape, which training needs. */
function checkUse(layer: layers.Layer): void {
  try {
    if (layer.outputShape !== undefined) return;
  } catch {
    // said below
  }
  throw new ProblemError(
    `The layer "${layer.name.slice(0, 80)}" is used several times at different sizes, which cannot be trained here.`,
    'Choose a model that uses each layer once.',
  );
}

const textOf = (shape: readonly (number | null)[]): string =>
  shape
    .slice(1)
    .map((size) => size ?? 'any')
    .join(' x ') || 'a single number';
