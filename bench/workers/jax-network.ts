import { lax, nn, numpy as np } from '@jax-js/jax';
import type { Random } from '../../src/lib/random.ts';
import { CLASSES, LOGIT_SCALE, MARGIN } from '../case.ts';
import type { Convolution, Plan } from '../plan.ts';

// jax-js counts references: a function owns what it is given, `.ref` keeps it for one more use.

/** Weights in the order in which the network meets them; type aliases, as jax-js can walk only through those. */
export type Weights = {
  /** Kernels, then the class centres: what decay pulls. */
  kernels: np.Array[];
  /** Factors and shifts of the norms, slopes of PReLU. */
  others: np.Array[];
};
/** Moving mean and variance of each norm. */
export type Averages = np.Array[];

const KEPT = 0.9;
const EPSILON = 1e-3;

interface Shape {
  readonly shape: number[];
  readonly fanIn: number;
}

const kernelShape = (c: Convolution): Shape => {
  const channels = c.depthwise ? 1 : c.channelsIn;
  return { shape: [c.channelsOut, channels, c.kernel, c.kernel], fanIn: channels * c.kernel ** 2 };
};

export function initialWeights(plan: Plan, random: Random): { weights: Weights; averages: Averages } {
  const weights: Weights = { kernels: [], others: [] };
  const averages: Averages = [];
  const normal = ({ shape, fanIn }: Shape, gain: number): np.Array => {
    const count = shape.reduce((product, size) => product * size, 1);
    const deviation = Math.sqrt(gain / fanIn);
    return np.array(Float32Array.from({ length: count }, () => random.normal() * deviation)).reshape(shape);
  };
  const norm = (shape: number[]): void => {
    weights.others.push(np.ones(shape), np.zeros(shape));
    averages.push(np.zeros(shape), np.ones(shape));
  };
  for (const c of plan.blocks.flatMap(({ convolutions }) => convolutions)) {
    const shape = [1, c.channelsOut, 1, 1];
    weights.kernels.push(normal(kernelShape(c), 2));
    norm(shape);
    if (c.active) weights.others.push(np.full(shape, 0.25));
  }
  const { features, embedding } = plan;
  weights.kernels.push(normal({ shape: [features, embedding], fanIn: features }, 2));
  norm([1, embedding]);
  weights.kernels.push(normal({ shape: [CLASSES, embedding], fanIn: embedding }, 1));
  return { weights, averages };
}

/** Takes the arrays one after the other. */
function reader(arrays: np.Array[]): () => np.Array {
  let next = 0;
  return () => {
    const array = arrays[next++];
    if (!array) throw new Error('Internal error: the plan has more layers than weights');
    return array;
  };
}

/**
 * Pictures [B, 3, size, size] to embeddings [B, D]; also the centres, which are the last kernel, and the averages as they
 * are afterwards.
 */
export function forward(
  plan: Plan,
  weights: Weights,
  averages: Averages,
  pictures: np.Array,
  training: boolean,
): { embeddings: np.Array; centres: np.Array; averages: Averages } {
  const kernel = reader(weights.kernels);
  const other = reader(weights.others);
  const average = reader(averages);
  const moved: np.Array[] = [];

  function norm(x: np.Array, axes: number[]): np.Array {
    let mean = average();
    let variance = average();
    let centred: np.Array;
    if (training) {
      const [oldMean, oldVariance] = [mean, variance];
      mean = x.ref.mean(axes, { keepdims: true });
      centred = x.sub(mean.ref);
      variance = np.square(centred.ref).mean(axes, { keepdims: true });
      moved.push(
        oldMean.mul(KEPT).add(lax.stopGradient(mean).mul(1 - KEPT)),
        oldVariance.mul(KEPT).add(lax.stopGradient(variance.ref).mul(1 - KEPT)),
      );
    } else {
      moved.push(mean.ref, variance.ref);
      centred = x.sub(mean);
    }
    const factor = other().mul(np.reciprocal(np.sqrt(variance.add(EPSILON))));
    return centred.mul(factor).add(other());
  }

  function convolve(x: np.Array, c: Convolution): np.Array {
    const padding = c.padding === 'same' ? 'SAME' : 'VALID';
    const groups = c.depthwise ? { featureGroupCount: c.channelsIn } : {};
    const y = norm(lax.convGeneralDilated(x, kernel(), [c.stride, c.stride], padding, groups), [0, 2, 3]);
    return c.active ? np.where(np.greater(y.ref, 0), y.ref, y.mul(other())) : y;
  }

  let x = pictures;
  for (const { convolutions, residual } of plan.blocks) {
    const before = residual ? x.ref : null;
    x = convolutions.reduce(convolve, x);
    if (before) x = x.add(before);
  }
  const flat = x.reshape([-1, plan.features]);
  const embeddings = norm(np.matmul(flat, kernel()), [0]);
  return { embeddings, centres: kernel(), averages: moved };
}

function normalise(rows: np.Array): np.Array {
  const squared = np.square(rows.ref).sum(1, { keepdims: true });
  return rows.mul(np.reciprocal(np.sqrt(squared.add(1e-12))));
}

/** ArcFace's loss; see src/model/margins/arcface.ts. */
export function arcFaceLoss(embeddings: np.Array, centres: np.Array, oneHot: np.Array): np.Array {
  const cosines = np.matmul(normalise(embeddings), np.transpose(normalise(centres))); // [B,K]
  const own = cosines.ref.mul(oneHot.ref).sum(1, { keepdims: true }); // [B,1]
  const sine = np.sqrt(np.maximum(np.square(own.ref).mul(-1).add(1), 1e-6));
  const turned = own.ref.mul(Math.cos(MARGIN)).sub(sine.mul(Math.sin(MARGIN)));
  const beyond = own.ref.add(Math.cos(MARGIN) - 1);
  const margined = np.where(np.greater(own.ref, -Math.cos(MARGIN)), turned, beyond);
  const logits = cosines.add(oneHot.ref.mul(margined.sub(own))).mul(LOGIT_SCALE);
  return oneHot.mul(nn.logSoftmax(logits, 1)).sum(1).mean().mul(-1);
}
