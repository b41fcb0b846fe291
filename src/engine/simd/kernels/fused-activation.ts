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
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { kernel } from '../host/kernel.ts';

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
 * A published kernel that is a product or convolution, a bias and an activation: one after the other.
 *
 * @param compute the first of the three
 */
export const fusedKernel = <Input extends string, Attributes extends { readonly activation: string }>(
  name: string,
  compute: (inputs: Record<Input, TensorInfo>, attrs: Attributes, backend: SimdBackend) => TensorInfo | null,
): KernelConfig =>
  kernel<Input | 'bias' | 'preluActivationWeights', Attributes>(name, (inputs, attrs, backend) => {
    const { bias, preluActivationWeights } = inputs;
    const following = { bias, preluActivationWeights, activation: attrs.activation };
    if (!canFollow(following)) return null;
    const out = compute(inputs, attrs, backend);
    return out && followed(backend, out, following);
  });

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
