import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { kernel } from '../../host/kernel.ts';
import { gridOf } from '../../host/program.ts';
import common from './rows.wgsl?raw';

interface RowKernel {
  readonly name: string;
  /** Bindings in order: name, and type of the numbers. */
  readonly reads: readonly (readonly [string, 'f32' | 'i32'])[];
  readonly writes: readonly string[];
  /** Body of `compute_row(row, first, local)`; `first` is the place of the row's first number. */
  readonly body: string;
}

/** Columns of a thread. */
const EACH = 'for (var k = local; k < params.columns; k += 64u)';

const NORMALISE: RowKernel = {
  name: 'normalise rows',
  reads: [['x', 'f32']],
  writes: ['y', 'inverse'],
  body: `
  var sum = 0.0;
  ${EACH} { sum += x[first + k] * x[first + k]; }
  // Not inverseSqrt, which may be off by two units in the last place.
  let factor = 1.0 / sqrt(max(total(sum, local), params.number));
  ${EACH} { y[first + k] = x[first + k] * factor; }
  if (local == 0u) { inverse[row] = factor; }`,
};

const NORMALISE_GRADIENT: RowKernel = {
  name: 'normalise rows gradient',
  reads: [
    ['dy', 'f32'],
    ['y', 'f32'],
    ['inverse', 'f32'],
  ],
  writes: ['dx'],
  body: `
  var sum = 0.0;
  ${EACH} { sum += dy[first + k] * y[first + k]; }
  let along = total(sum, local);
  ${EACH} { dx[first + k] = (dy[first + k] - y[first + k] * along) * inverse[row]; }`,
};

const replaceTarget = (multiply: boolean): RowKernel => ({
  name: `replace target ${multiply}`,
  reads: [
    ['x', 'f32'],
    ['labels', 'i32'],
    ['values', 'f32'],
  ],
  writes: ['y'],
  body: `
  let label = u32(labels[row]);
  ${EACH} {
    var value = x[first + k];
    if (k == label) { value = ${multiply ? 'value * values[row]' : 'values[row]'}; }
    y[first + k] = value;
  }`,
});

/** See MarginForm in src/model/margins/shared/apply-margin.ts. */
const MARGIN: RowKernel = {
  name: 'margin',
  reads: [
    ['x', 'f32'],
    ['labels', 'i32'],
    ['form', 'f32'], // threshold, cosine, sine, offset
  ],
  writes: ['y', 'slopes'],
  body: `
  let label = u32(labels[row]);
  ${EACH} {
    let c = x[first + k];
    var value = c;
    if (k == label) {
      let s = sqrt(max(1.0 - c * c, 0.0));
      let turned = c > form[0];
      value = select(c + form[3], c * form[1] - s * form[2], turned);
      slopes[row] = select(1.0, form[1] + form[2] * (c / max(s, SMALLEST_SINE)), turned && EXACT);
    }
    y[first + k] = value;
  }`,
};

const CROSS_ENTROPY: RowKernel = {
  name: 'cross-entropy',
  reads: [
    ['logits', 'f32'],
    ['labels', 'i32'],
  ],
  writes: ['losses', 'probability'],
  body: `
  var top = -3.4e38;
  ${EACH} { top = max(top, logits[first + k]); }
  let most = largest(top, local);
  var sum = 0.0;
  ${EACH} { sum += exp(logits[first + k] - most); }
  let whole = total(sum, local);
  ${EACH} { probability[first + k] = exp(logits[first + k] - most) / whole; }
  if (local == 0u) { losses[row] = log(whole) - (logits[first + u32(labels[row])] - most); }`,
};

const CROSS_ENTROPY_GRADIENT: RowKernel = {
  name: 'cross-entropy gradient',
  reads: [
    ['dy', 'f32'],
    ['probability', 'f32'],
    ['labels', 'i32'],
  ],
  writes: ['dx'],
  body: `
  let label = u32(labels[row]);
  ${EACH} {
    let truth = select(0.0, 1.0, k == label);
    dx[first + k] = (probability[first + k] - truth) * (dy[0] * params.number);
  }`,
};

function runRows(
  backend: GpuBackend,
  { name, reads, writes, body }: RowKernel,
  matrix: TensorInfo,
  tensors: readonly [readonly TensorInfo[], readonly TensorInfo[]],
  number = 0,
  constants: Readonly<Record<string, number>> = {},
): void {
  const columns = matrix.shape.at(-1) ?? 1;
  const rows = util.sizeFromShape(matrix.shape) / columns;
  const bindings = [
    ...reads.map(([binding, type]) => `var<storage, read> ${binding}: array<${type}>;`),
    ...writes.map((binding) => `var<storage, read_write> ${binding}: array<f32>;`),
    'var<uniform> params: Params;',
  ].map((declaration, i) => `@group(0) @binding(${i}) ${declaration}`);
  const overrides = Object.keys(constants).map((key) =>
    key === 'EXACT' ? `override ${key}: bool;` : `override ${key}: f32;`,
  );
  backend.run(
    {
      name,
      code: [
        ...bindings,
        ...overrides,
        common,
        `fn compute_row(row: u32, first: u32, local: u32) {${body}\n}`,
      ].join('\n'),
      constants,
      workgroups: gridOf(rows),
      params: { u32: [rows, columns], f32: [number] },
    },
    ...tensors,
  );
}

/** What the head and the loss do with rows; see src/engine/ops for the formulas. Labels are those of existing columns. */
export const rowKernels = (): KernelConfig[] => [
  kernel<'x', { readonly smallest: number }>('ArcNormaliseRows', ({ inputs: { x }, attrs, backend }) => {
    const [y, inverse] = [backend.output(x.shape), backend.output([x.shape[0] ?? 0, 1])];
    runRows(backend, NORMALISE, x, [[x], [y, inverse]], attrs.smallest);
    return [y, inverse];
  }),
  kernel<'dy' | 'y' | 'inverse', unknown>('ArcNormaliseRowsGrad', ({ inputs, backend }) => {
    const { dy, y, inverse } = inputs;
    const dx = backend.output(y.shape);
    runRows(backend, NORMALISE_GRADIENT, y, [[dy, y, inverse], [dx]]);
    return [dx];
  }),
  kernel<'x' | 'labels' | 'values', { readonly multiply: boolean }>(
    'ArcReplaceTarget',
    ({ inputs: { x, labels, values }, attrs, backend }) => {
      const y = backend.output(x.shape);
      runRows(backend, replaceTarget(attrs.multiply), x, [[x, labels, values], [y]]);
      return [y];
    },
  ),
  kernel<'x' | 'labels' | 'form', { readonly exact: boolean; readonly smallestSine: number }>(
    'ArcMargin',
    ({ inputs: { x, labels, form }, attrs, backend }) => {
      const [y, slopes] = [backend.output(x.shape), backend.output([x.shape[0] ?? 0, 1])];
      const tensors = [
        [x, labels, form],
        [y, slopes],
      ] as const;
      const constants = { EXACT: attrs.exact ? 1 : 0, SMALLEST_SINE: attrs.smallestSine };
      runRows(backend, MARGIN, x, tensors, 0, constants);
      return [y, slopes];
    },
  ),
  kernel<'logits' | 'labels', unknown>('ArcCrossEntropy', ({ inputs: { logits, labels }, backend }) => {
    const [losses, probability] = [backend.output([logits.shape[0] ?? 0]), backend.output(logits.shape)];
    runRows(backend, CROSS_ENTROPY, logits, [
      [logits, labels],
      [losses, probability],
    ]);
    return [losses, probability];
  }),
  kernel<'dy' | 'probability' | 'labels', unknown>('ArcCrossEntropyGrad', ({ inputs, backend }) => {
    const { dy, probability, labels } = inputs;
    const dx = backend.output(probability.shape);
    const number = 1 / (probability.shape[0] ?? 1);
    runRows(backend, CROSS_ENTROPY_GRADIENT, probability, [[dy, probability, labels], [dx]], number);
    return [dx];
  }),
  kernel<'scores' | 'labels', unknown>('ArcAccuracy', ({ inputs: { scores, labels }, backend }) => {
    const columns = scores.shape[1] ?? 1;
    const rows = scores.shape[0] ?? 1;
    const result = backend.output([]);
    const code = `
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
struct Params { rows: u32, columns: u32 }
@group(0) @binding(3) var<uniform> params: Params;
var<workgroup> hits: array<u32, 256>;
// Whether the first of the largest scores of a row is the label's, for every 256th row; then their share.
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32) {
  var own = 0u;
  for (var row = local; row < params.rows; row += 256u) {
    var best = 0u;
    var top = scores[row * params.columns];
    for (var k = 1u; k < params.columns; k++) {
      let score = scores[row * params.columns + k];
      if (score > top) { best = k; top = score; }
    }
    if (best == u32(labels[row])) { own++; }
  }
  hits[local] = own;
  workgroupBarrier();
  if (local == 0u) {
    var sum = 0u;
    for (var i = 0u; i < 256u; i++) { sum += hits[i]; }
    result[0] = f32(sum) / f32(params.rows);
  }
}`;
    const params = { u32: [rows, columns] };
    backend.run({ name: 'accuracy', code, workgroups: [1, 1, 1], params }, [scores, labels], [result]);
    return [result];
  }),
];
