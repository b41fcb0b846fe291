/**
 * What the WebAssembly kernels and their callers must agree on. scripts/simd-layout.mjs writes both sides from it:
 * `assembly/generated/` and `host/layout.generated.ts`. One more kernel is one more name here.
 */

/** Byte addresses in the first 64 kB of the memory, which all threads see. */
export const addresses = {
  /** Counts the launches; a change wakes the threads. */
  GENERATION: 960,
  /** Threads that have not finished the present launch. */
  PENDING: 968,
  /** Not 0 when a thread has failed. */
  FAILED: 972,
  /** Not 0 when the threads shall end. */
  CLOSING: 976,
  /** The kernel, its number of work items, and how many of them a thread takes at once. */
  KIND: 1024,
  TOTAL: 1028,
  GRAIN: 1032,
  /** Arguments of the kernel: 32 integers or addresses, then 32 floats. */
  INTEGERS: 1088,
  FLOATS: 1216,
  /** The next work item that nobody has taken; in a cache line of its own. */
  NEXT: 1536,
  /** Where the heap begins. */
  RESERVED: 65536,
};

/** Sizes that decide how work is divided. */
export const sizes = {
  /** Columns of a packed panel of B in a matrix product. */
  PANEL: 8,
  /** Rows of C, or pixels of a convolution, in one work item. */
  ROWS: 48,
  /** Steps along K for which a panel of B is packed at once, in products with a long K. */
  LONG_DEPTH: 64,
  /** Pixels gathered at once for the gradient of a filter. */
  FILTER_DEPTH: 64,
  /** Most axes of a strided copy. */
  AXES: 6,
  /** Numbers in a work item of an optimiser, and of a sum of parts. */
  RUN: 1024,
  /** Coefficients and partial sums per channel of a batch-norm. */
  NORM_COEFFICIENTS: 7,
  NORM_SUMS: 3,
};

/** Operations of one kernel, by the number that is its first argument. */
export const operations = {
  binary: ['add', 'sub', 'mul', 'div', 'max', 'min', 'squaredDifference', 'prelu'],
  unary: [
    ...['neg', 'abs', 'square', 'sqrt', 'rsqrt', 'relu', 'relu6', 'step', 'exp', 'log', 'sigmoid', 'tanh'],
    ...['clip', 'leakyRelu', 'reciprocal'],
  ],
  compare: ['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'notEqual'],
  convert: ['intToFloat', 'floatToInt', 'boolToFloat', 'boolToInt'],
  reduce: ['sum', 'max'],
  pool: ['mean', 'max'],
  finish: ['linear', 'relu', 'relu6', 'prelu'],
};

/** The kernels, by the file below assembly/ that they are in. */
export const kernels = {
  'product/gemm': ['packPanels', 'gemmPacked', 'gemmSlices', 'sumParts'],
  'product/implicit-gemm': ['packTaps', 'implicitGemm', 'implicitGemmFilter'],
  'ops/depthwise': ['depthwise', 'depthwiseFilter'],
  'ops/pooling': ['pool', 'poolGrad'],
  'ops/batch-norm': [
    ...['normStatistics', 'normFinish', 'normCoefficients', 'normApply', 'normGradSums', 'normGradFinish'],
    ...['normGradApply', 'normMovingAverage'],
  ],
  'ops/optimisers': ['sgd', 'adamW'],
  'ops/elementwise': ['binary', 'unary', 'fill'],
  'ops/reduce': ['reduceRows', 'reduceColumns', 'joinColumns'],
  'ops/strided-copy': ['stridedCopy'],
  'ops/compare-select': ['compare', 'select', 'convert', 'preluGrad'],
  'ops/resize': ['resizeBilinear', 'transform'],
  'ops/rows': [
    ...[
      'softmaxRows',
      'crossEntropyGrad',
      'replaceTarget',
      'normaliseRows',
      'normaliseRowsGrad',
      'gatherRows',
    ],
    ...['scatterAddRows'],
  ],
};
