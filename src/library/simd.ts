/** `arcface-studio/simd`: the WebAssembly SIMD backend, for any model of TensorFlow.js. */

export { bestOptions, type SimdOptions, startSimd } from '../engine/simd/start.ts';
