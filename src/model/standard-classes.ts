import { z } from 'zod';
import { ProblemError } from '../lib/problem.ts';

/**
 * What plain TensorFlow.js 4.22 knows by name. A model made of these loads anywhere with `tf.loadLayersModel`; any other
 * class would load only where its code has been registered first.
 */
const LAYERS = `
  InputLayer Model Functional Sequential ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax Conv1D Conv2D Conv3D
  Conv2DTranspose Conv3DTranspose SeparableConv2D DepthwiseConv2D Cropping2D UpSampling2D ZeroPadding2D Dropout
  SpatialDropout1D Dense Flatten Activation RepeatVector Reshape Permute Masking Add Multiply Average Maximum Minimum
  Concatenate Dot GaussianNoise GaussianDropout AlphaDropout BatchNormalization LayerNormalization MaxPooling1D
  AveragePooling1D MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D GlobalAveragePooling1D
  GlobalMaxPooling1D GlobalAveragePooling2D GlobalMaxPooling2D Rescaling CenterCrop Resizing`;
const PARTS = `
  Zeros Ones Constant RandomUniform RandomNormal TruncatedNormal Identity VarianceScaling GlorotUniform GlorotNormal
  HeNormal HeUniform LeCunNormal LeCunUniform Orthogonal MaxNorm UnitNorm NonNeg MinMaxNorm L1L2`;
const STANDARD = new Set(`${LAYERS} ${PARTS}`.split(/\s+/).filter((name) => name !== ''));

/** Sizes that no face network reaches; a layer that announces more would only exhaust the memory. */
const LIMITS: Readonly<Record<string, number>> = {
  units: 16_384,
  filters: 16_384,
  depth_multiplier: 1024,
  target_shape: 1_048_576,
  batch_input_shape: 1024,
  padding: 1024,
  height: 1024,
  width: 1024,
};
const MAX_DEPTH = 64;

/** @throws ProblemError where JSON is nested so deeply that walking through it could exhaust the stack. */
export function checkDepth(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw refused('is nested too deeply');
  for (const inner of Object.values(value)) checkDepth(inner, depth + 1);
}

const className = z.object({ class_name: z.string() });

/**
 * Walks through a model's topology.
 *
 * @param known classes that are allowed besides those of TensorFlow.js
 * @throws ProblemError for a class that is no part of TensorFlow.js, or a size that is absurd.
 */
export function checkTopology(topology: unknown, known: readonly string[] = []): void {
  const allowed = new Set([...STANDARD, ...known]);
  const visit = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) throw refused('is nested too deeply');
    if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const named = className.safeParse(value);
    if (named.success && !allowed.has(named.data.class_name)) {
      throw refused(
        `uses "${named.data.class_name.slice(0, 60)}", which is no layer that plain TensorFlow.js can load`,
      );
    }
    for (const [key, inner] of Object.entries(value)) {
      const limit = Object.hasOwn(LIMITS, key) ? LIMITS[key] : undefined;
      if (limit !== undefined && largest(inner) > limit) {
        throw refused(`asks for a layer of absurd size (${key} ${JSON.stringify(inner).slice(0, 60)})`);
      }
      visit(inner, depth + 1);
    }
  };
  visit(topology, 0);
}

/** The largest number in a value that may be a number or a nested list of them. */
function largest(value: unknown): number {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value)) return 0;
  return value
    .flat(4)
    .reduce((most: number, item) => (typeof item === 'number' ? Math.max(most, item) : most), 0);
}

function refused(what: string): ProblemError {
  return new ProblemError(
    `The network ${what}.`,
    'Use a model that was downloaded from this program, or one made of standard layers.',
  );
}
