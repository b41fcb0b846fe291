import { _FusedMatMul, type _FusedMatMulAttrs, BatchMatMul, type KernelConfig } from '@tensorflow/tfjs-core';
import { fusedKernel, run } from './fused-activation.ts';

/** What dense layers compute: a product, a bias and an activation. */
const fusedMatMul = fusedKernel<'a' | 'b', _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ a, b }, { transposeA, transposeB }, backend) =>
    run(BatchMatMul, { a, b }, { transposeA, transposeB }, backend),
);

export const fusedMatmulKernels: readonly KernelConfig[] = [fusedMatMul];
