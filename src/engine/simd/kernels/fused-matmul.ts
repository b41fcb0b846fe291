import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  Add,
  BatchMatMul,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  Prelu,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.ts';
import { kernel } from '../kernel.ts';

/** Activations that are kernels of ours; others are left to the published kernel. */
const ACTIVATIONS = new Map([
  ['relu', Relu],
  ['relu6', Relu6],
  ['sigmoid', Sigmoid],
  ['prelu', Prelu],
]);

function run(
  name: string,
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  backend: SimdBackend,
): TensorInfo {
  const made = getKernel(name, 'simd').kernelFunc({ inputs, attrs, backend });
  if (Array.isArray(made)) throw new Error(`Internal error: ${name} gave several results`);
  return made;
}

/** What dense layers compute: a product, a bias and an activation, one after the other. */
const fusedMatMul = kernel<'a' | 'b' | 'bias' | 'preluActivationWeights', _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ a, b, bias, preluActivationWeights }, { transposeA, transposeB, activation }, backend) => {
    const then = ACTIVATIONS.get(activation);
    if (activation !== 'linear' && !then) return null;
    let out = run(BatchMatMul, { a, b }, { transposeA, transposeB }, backend);
    const replace = (next: TensorInfo): void => {
      backend.disposeIntermediateTensorInfo(out);
      out = next;
    };
    // Bias and slopes may be left out, whatever the types say.
    if (bias) replace(run(Add, { a: out, b: bias }, {}, backend));
    if (then === Prelu) replace(run(Prelu, { x: out, alpha: preluActivationWeights }, {}, backend));
    else if (then) replace(run(then, { x: out }, {}, backend));
    return out;
  },
);

export const fusedMatmulKernels: readonly KernelConfig[] = [fusedMatMul];
