import { _FusedMatMul, type _FusedMatMulAttrs, BatchMatMul, type KernelConfig } from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.ts';
import { canFollow, followed, run } from './then.ts';

/** What dense layers compute: a product, a bias and an activation, one after the other. */
const fusedMatMul = kernel<'a' | 'b' | 'bias' | 'preluActivationWeights', _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ a, b, bias, preluActivationWeights }, { transposeA, transposeB, activation }, backend) => {
    const following = { bias, preluActivationWeights, activation };
    if (!canFollow(following)) return null;
    return followed(backend, run(BatchMatMul, { a, b }, { transposeA, transposeB }, backend), following);
  },
);

export const fusedMatmulKernels: readonly KernelConfig[] = [fusedMatMul];
