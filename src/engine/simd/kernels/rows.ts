import {
  GatherV2,
  type GatherV2Attrs,
  type KernelConfig,
  Softmax,
  type SoftmaxAttrs,
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { Kind } from '../host/layout.generated.ts';

/** About how many numbers are worth a work item of scatter-add, in which a thread reads all rows. */
const COLUMNS = 64;

/** A tensor seen as rows of its last axis. */
function rowsOf({ shape }: TensorInfo): { readonly rows: number; readonly columns: number } {
  const columns = shape.at(-1) ?? 1;
  return { rows: util.sizeFromShape(shape) / columns, columns };
}

/** An operation on rows, one work item a row. */
function launchRows(
  backend: SimdBackend,
  kind: Kind,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  integers: readonly number[],
  floats: readonly number[] = [],
): void {
  backend.threads.launch({ kind, total: rows, cost: columns * 8, integers, floats });
}

/** The class of each row, each of them one of `classes`. */
function labelsOf(backend: SimdBackend, labels: TensorInfo, classes: number): number {
  const address = backend.address(labels);
  const values = backend.readSync(labels.dataId);
  for (let i = 0; i < values.length; i++) {
    const label = Number(values[i]);
    if (!(label >= 0 && label < classes)) throw new Error(`Internal error: class ${label} of ${classes}`);
  }
  return address;
}

const softmax = kernel<'logits', SoftmaxAttrs>(Softmax, ({ logits }, { dim }, backend) => {
  if (!allFloat(logits) || dim !== logits.shape.length - 1 || util.sizeFromShape(logits.shape) === 0)
    return null;
  const out = backend.output(logits.shape);
  const view = rowsOf(logits);
  launchRows(backend, Kind.softmaxRows, view, [
    backend.address(logits),
    backend.address(out),
    view.columns,
    0,
    0,
  ]);
  return out;
});

/** Losses [N] and softmax [N, K] from logits [N, K] and classes [N]. */
const crossEntropy = kernel<'logits' | 'labels', unknown>(
  'ArcCrossEntropy',
  ({ logits, labels }, _, backend) => {
    const view = rowsOf(logits);
    const [losses, probability] = [backend.output([view.rows]), backend.output(logits.shape)];
    const classes = labelsOf(backend, labels, view.columns);
    const [from, to, sums] = [logits, probability, losses].map((tensor) => backend.address(tensor));
    launchRows(backend, Kind.softmaxRows, view, [from ?? 0, to ?? 0, view.columns, classes, sums ?? 0]);
    return [losses, probability];
  },
);

/** (softmax - oneHot) dy / N. */
const crossEntropyGrad = kernel<'dy' | 'probability' | 'labels', unknown>(
  'ArcCrossEntropyGrad',
  ({ dy, probability, labels }, _, backend) => {
    const view = rowsOf(probability);
    const out = backend.output(probability.shape);
    const [from, classes, to, factor] = [probability, labels, out, dy].map((x) => backend.address(x));
    const integers = [from ?? 0, classes ?? 0, to ?? 0, view.columns, factor ?? 0];
    launchRows(backend, Kind.crossEntropyGrad, view, integers, [1 / view.rows]);
    return [out];
  },
);

/** A copy of x [N, K] whose entry of each row's class is its value [N, 1], or is multiplied by it. */
const replaceTarget = kernel<'x' | 'labels' | 'values', { readonly multiply: boolean }>(
  'ArcReplaceTarget',
  ({ x, labels, values }, { multiply }, backend) => {
    const view = rowsOf(x);
    const out = backend.output(x.shape);
    const classes = labelsOf(backend, labels, view.columns);
    const [from, by, to] = [x, values, out].map((tensor) => backend.address(tensor));
    const integers = [multiply ? 1 : 0, from ?? 0, classes, by ?? 0, to ?? 0, view.columns];
    launchRows(backend, Kind.replaceTarget, view, integers);
    return [out];
  },
);

/** Rows of length 1, and what each was multiplied by [N, 1]. */
const normaliseRows = kernel<'x', { readonly smallest: number }>(
  'ArcNormaliseRows',
  ({ x }, { smallest }, backend) => {
    const view = rowsOf(x);
    const [y, inverse] = [backend.output(x.shape), backend.output([view.rows, 1])];
    const addresses = [x, y, inverse].map((tensor) => backend.address(tensor));
    launchRows(backend, Kind.normaliseRows, view, [...addresses, view.columns], [smallest]);
    return [y, inverse];
  },
);

const normaliseRowsGrad = kernel<'dy' | 'y' | 'inverse', unknown>(
  'ArcNormaliseRowsGrad',
  ({ dy, y, inverse }, _, backend) => {
    const view = rowsOf(y);
    const dx = backend.output(y.shape);
    const addresses = [dy, y, inverse, dx].map((tensor) => backend.address(tensor));
    launchRows(backend, Kind.normaliseRowsGrad, view, [...addresses, view.columns]);
    return [dx];
  },
);

const gather = kernel<'x' | 'indices', GatherV2Attrs>(
  GatherV2,
  ({ x, indices }, { axis, batchDims }, backend) => {
    const at = util.parseAxisParam(axis, x.shape)[0] ?? 0;
    const { dtype } = x;
    const known = dtype === 'float32' || dtype === 'int32';
    if (!known || batchDims || indices.dtype !== 'int32' || util.sizeFromShape(x.shape) === 0) return null;
    const count = util.sizeFromShape(indices.shape);
    if (count === 0) return null;
    const length = x.shape[at] ?? 1;
    for (const index of backend.readSync(indices.dataId)) {
      // The published kernel says it in words.
      if (!(Number(index) >= 0 && Number(index) < length)) return null;
    }
    const [before, behind] = [x.shape.slice(0, at), x.shape.slice(at + 1)];
    const inner = util.sizeFromShape(behind);
    const out = backend.output([...before, ...indices.shape, ...behind], dtype);
    const addresses = [x, indices, out].map((tensor) => backend.address(tensor));
    const rows = util.sizeFromShape(before) * count;
    const integers = [...addresses, count, length, inner];
    backend.threads.launch({ kind: Kind.gatherRows, total: rows, cost: 16 + inner * 2, integers });
    return out;
  },
);

const segmentSum = kernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  ({ x, segmentIds }, { numSegments }, backend) => {
    if (!allFloat(x) || segmentIds.dtype !== 'int32' || segmentIds.shape.length !== 1) return null;
    const [rows = 0, ...rest] = x.shape;
    const inner = util.sizeFromShape(rest);
    if (rows !== segmentIds.shape[0] || rows * inner * numSegments === 0) return null;
    const out = backend.output([numSegments, ...rest]);
    const addresses = [x, segmentIds, out].map((tensor) => backend.address(tensor));
    backend.threads.launch({
      kind: Kind.scatterAddRows,
      total: Math.ceil(inner / COLUMNS),
      cost: (rows * 3 + numSegments) * Math.min(inner, COLUMNS),
      integers: [...addresses, rows, numSegments, inner, COLUMNS],
    });
    return out;
  },
);

export const rowKernels: readonly KernelConfig[] = [
  softmax,
  crossEntropy,
  crossEntropyGrad,
  replaceTarget,
  normaliseRows,
  normaliseRowsGrad,
  gather,
  segmentSum,
];
