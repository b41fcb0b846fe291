import { BatchMatMul, type BatchMatMulAttrs, type KernelConfig, util } from '@tensorflow/tfjs-core';
import { gemm, gemmLong, rowMajor, transposed } from '../host/gemm.ts';
import { allFloat, kernel } from '../host/kernel.ts';

/** Below this many rows of the product a long K is the better one to divide. */
const FEW_ROWS = 512;

/** C = op(A) op(B) for matrices, or for equally many matrices in A and B. */
const batchMatMul = kernel<'a' | 'b', BatchMatMulAttrs>(
  BatchMatMul,
  ({ a, b }, { transposeA, transposeB }, backend) => {
    const outer = a.shape.slice(0, -2);
    if (!allFloat(a, b) || !util.arraysEqual(outer, b.shape.slice(0, -2))) return null;
    const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
    const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
    const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const N = transposeB ? bRows : bColumns;
    if ((transposeB ? bColumns : bRows) !== K) return null; // the published kernel says what is wrong
    const out = backend.output([...outer, M, N]);
    const [from, by, to] = [backend.address(a), backend.address(b), backend.address(out)];
    for (let i = 0; i < util.sizeFromShape(outer); i++) {
      const A = from + i * M * K * 4;
      const B = by + i * K * N * 4;
      const C = to + i * M * N * 4;
      if (transposeA && !transposeB && M < FEW_ROWS && K > M) {
        gemmLong(backend, A, B, C, [M, K, N]);
        continue;
      }
      const left = rowMajor(A, aColumns);
      const right = rowMajor(B, bColumns);
      gemm(backend, transposeA ? transposed(left) : left, transposeB ? transposed(right) : right, C, [
        M,
        K,
        N,
      ]);
    }
    return out;
  },
);

export const matmulKernels: readonly KernelConfig[] = [batchMatMul];
