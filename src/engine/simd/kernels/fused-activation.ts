import {
  Add,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  Prelu,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { type Finish, NOTHING } from '../host/gemm.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { finishOp } from '../host/layout.generated.ts';

/** Activations that are kernels of ours; others are left to the published kernel. */
const ACTIVATIONS = new Map([
  ['relu', Relu],
  ['relu6', Relu6],
  ['sigmoid', Sigmoid],
  ['prelu', Prelu],
]);

/** A kernel of this backend that gives one tensor. */
export function run(
  name: string,
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  backend: SimdBackend,
): TensorInfo {
  const made = getKernel(name, 'simd').kernelFunc({ inputs, attrs, backend });
  if (Array.isArray(made)) throw new Error(`Internal error: ${name} gave several results`);
  return made;
}

/** What follows a product or a convolution. Bias and slopes may be left out, whatever the library's types say. */
interface Following {
  readonly bias?: TensorInfo | undefined;
  readonly preluActivationWeights?: TensorInfo | undefined;
  readonly activation: string;
}

const canFollow = ({ activation }: Following): boolean =>
  activation === 'linear' || ACTIVATIONS.has(activation);

/**
 * A published kernel that is a product, a bias and an activation: one after the other.
 *
 * @param compute the first of the three
 */
export const fusedKernel = <Input extends string, Attributes extends { readonly activation: string }>(
  name: string,
  compute: (inputs: Record<Input, TensorInfo>, attrs: Attributes, backend: SimdBackend) => TensorInfo | null,
): KernelConfig =>
  kernel<Input | 'bias' | 'preluActivationWeights', Attributes>(name, (inputs, attrs, backend) => {
    const following = followingOf(inputs, attrs);
    if (!canFollow(following)) return null;
    const out = compute(inputs, attrs, backend);
    return out && followed(backend, out, following);
  });

/**
 * A published kernel that is a convolution, a bias and an activation. Where there is one bias and one slope a channel,
 * the convolution's own kernel does both to what it has just made; elsewhere they come one after the other.
 *
 * @param channels what a filter gives
 */
export const fusedConvolution = <Attributes extends { readonly activation: string }>(
  name: string,
  channels: (filter: TensorInfo) => number | undefined,
  compute: (
    inputs: Record<'x' | 'filter', TensorInfo>,
    attrs: Attributes,
    backend: SimdBackend,
    finish: Finish,
  ) => TensorInfo | null,
): KernelConfig =>
  kernel<'x' | 'filter' | 'bias' | 'preluActivationWeights', Attributes>(name, (inputs, attrs, backend) => {
    const following = followingOf(inputs, attrs);
    if (!canFollow(following)) return null;
    const finish = finishOf(backend, following, channels(inputs.filter));
    const out = compute(inputs, attrs, backend, finish ?? NOTHING);
    return out && (finish ? out : followed(backend, out, following));
  });

const followingOf = (
  inputs: { readonly bias?: TensorInfo; readonly preluActivationWeights?: TensorInfo },
  { activation }: { readonly activation: string },
): Following => ({
  bias: inputs.bias,
  preluActivationWeights: inputs.preluActivationWeights,
  activation,
});

const FINISHES = new Map<string, number>(Object.entries(finishOp));

/** For the kernel of a convolution; null where it cannot do what follows. */
function finishOf(
  backend: SimdBackend,
  { bias, preluActivationWeights: slopes, activation }: Following,
  channels: number | undefined,
): Finish | null {
  const operation = FINISHES.get(activation);
  const one = (tensor: TensorInfo | undefined): boolean =>
    !tensor || (tensor.shape.at(-1) === channels && util.sizeFromShape(tensor.shape) === channels);
  if (operation === undefined || !one(bias) || !one(slopes) || !allFloat(bias, slopes)) return null;
  if (operation === finishOp.prelu && !slopes) return null;
  return [bias ? backend.address(bias) : 0, slopes ? backend.address(slopes) : 0, operation];
}

/** Bias and activation behind `first`, which is released where something follows. */
function followed(
  backend: SimdBackend,
  first: TensorInfo,
  { bias, preluActivationWeights, activation }: Following,
): TensorInfo {
  let out = first;
  const replace = (next: TensorInfo): void => {
    backend.disposeIntermediateTensorInfo(out);
    out = next;
  };
  if (bias) replace(run(Add, { a: out, b: bias }, {}, backend));
  const then = ACTIVATIONS.get(activation);
  if (then === Prelu) {
    if (!preluActivationWeights) throw new Error('Internal error: PReLU without slopes');
    replace(run(Prelu, { x: out, alpha: preluActivationWeights }, {}, backend));
  } else if (then) replace(run(then, { x: out }, {}, backend));
  return out;
}
