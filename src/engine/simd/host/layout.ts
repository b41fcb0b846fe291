// Mirrors assembly/layout.ts and assembly/index.ts: indices of 4-byte words in the memory that all threads see.

/** Counts the pieces of work given out; a change wakes the threads. */
export const GENERATION = 240;
/** Threads that have not finished the present work. */
export const PENDING = 242;
/** Not 0 when a thread broke off. */
export const FAILED = 243;
/** Not 0 when the threads shall end. */
export const CLOSING = 244;
export const KIND = 256;
export const TOTAL = 257;
export const GRAIN = 258;
export const INTEGERS = 272;
export const FLOATS = 304;
export const NEXT = 384;

/** Bytes at the start of the memory that are not part of the heap. */
export const RESERVED = 65536;

/** The kernels in assembly/index.ts, by the numbers they have there. */
export const Kind = {
  packPanels: 0,
  gemmPacked: 1,
  gemmSlices: 2,
  sumParts: 3,
  packTaps: 10,
  gatherProduct: 11,
  gatherFilter: 12,
  depthwise: 13,
  depthwiseFilter: 14,
  pool: 15,
  poolGrad: 16,
  normStatistics: 40,
  normFinish: 41,
  normCoefficients: 42,
  normApply: 43,
  normGradSums: 44,
  normGradFinish: 45,
  normGradApply: 46,
  normMove: 47,
  sgd: 48,
  adamW: 49,
  binary: 50,
  unary: 51,
  fill: 52,
  reduceRows: 53,
  reduceColumns: 54,
  joinColumns: 55,
  move: 60,
  compare: 61,
  select: 62,
  convert: 63,
  preluGrad: 64,
  resizeBilinear: 65,
  softmaxRows: 66,
  crossEntropyGrad: 67,
  replaceOwn: 68,
  normaliseRows: 69,
  normaliseRowsGrad: 70,
  gatherRows: 71,
  scatterAddRows: 72,
  transform: 73,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
