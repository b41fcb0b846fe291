import type { SimdOptions } from '../../../../src/engine/simd/start.ts';

/** Every way in which the backend can be started. */
export const WAYS: readonly (readonly [string, SimdOptions])[] = [
  ['two threads', { threads: 2, relaxed: true, shared: true }],
  ['one thread', { threads: 1, relaxed: true, shared: true }],
  ['memory that is not shared', { threads: 1, relaxed: true, shared: false }],
  ['no relaxed SIMD', { threads: 2, relaxed: false, shared: true }],
];
