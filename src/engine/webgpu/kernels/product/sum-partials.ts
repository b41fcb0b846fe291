import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { gridOf } from '../../host/program.ts';
import code from './sum-partials.wgsl?raw';

/**
 * Adds up partial results [S, n], in order, and frees them. The launches of a recorded step are merged into one
 * (../../recording/merge-sums.ts), which knows them by their name and their params.
 */
export function sumPartials(backend: GpuBackend, partials: TensorInfo, shape: readonly number[]): TensorInfo {
  const length = util.sizeFromShape([...shape]);
  const count = util.sizeFromShape(partials.shape) / length;
  const result = backend.output(shape);
  const workgroups = gridOf(Math.ceil(length / 64));
  const params = { u32: [length, count] };
  backend.run({ name: 'sum-partials', code, workgroups, params }, [partials], [result]);
  backend.release(partials);
  return result;
}
