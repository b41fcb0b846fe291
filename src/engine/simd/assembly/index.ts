import {
  normApply,
  normCoefficients,
  normFinish,
  normGradApply,
  normGradFinish,
  normGradSums,
  normMove,
  normStatistics,
} from './batch-norm';
import { compare, convert, preluGrad, select } from './choose';
import { depthwise, depthwiseFilter } from './depthwise';
import { binary, fill, unary } from './elementwise';
import { gatherFilter, gatherProduct, packTaps } from './gather';
import { gemmPacked, gemmSlices, packPanels, sumParts } from './gemm';
import { move } from './move';
import { adamW, sgd } from './optimisers';
import { GRAIN, KIND, NEXT, TOTAL } from './layout';
import { pool, poolGrad } from './pool';
import { joinColumns, reduceColumns, reduceRows } from './reduce';
import { resizeBilinear, transform } from './resize';
import {
  crossEntropyGrad,
  gatherRows,
  normaliseRows,
  normaliseRowsGrad,
  replaceOwn,
  scatterAddRows,
  softmaxRows,
} from './rows';

/** One run of a kernel over the work items [begin, end). Numbers as in ../layout.ts. */
function work(kind: i32, begin: i32, end: i32): void {
  switch (kind) {
    case 0: packPanels(begin, end); break;
    case 1: gemmPacked(begin, end); break;
    case 2: gemmSlices(begin, end); break;
    case 3: sumParts(begin, end); break;
    case 10: packTaps(begin, end); break;
    case 11: gatherProduct(begin, end); break;
    case 12: gatherFilter(begin, end); break;
    case 13: depthwise(begin, end); break;
    case 14: depthwiseFilter(begin, end); break;
    case 15: pool(begin, end); break;
    case 16: poolGrad(begin, end); break;
    case 40: normStatistics(begin, end); break;
    case 41: normFinish(begin, end); break;
    case 42: normCoefficients(begin, end); break;
    case 43: normApply(begin, end); break;
    case 44: normGradSums(begin, end); break;
    case 45: normGradFinish(begin, end); break;
    case 46: normGradApply(begin, end); break;
    case 47: normMove(begin, end); break;
    case 48: sgd(begin, end); break;
    case 49: adamW(begin, end); break;
    case 50: binary(begin, end); break;
    case 51: unary(begin, end); break;
    case 52: fill(begin, end); break;
    case 53: reduceRows(begin, end); break;
    case 54: reduceColumns(begin, end); break;
    case 55: joinColumns(begin, end); break;
    case 60: move(begin, end); break;
    case 61: compare(begin, end); break;
    case 62: select(begin, end); break;
    case 63: convert(begin, end); break;
    case 64: preluGrad(begin, end); break;
    case 65: resizeBilinear(begin, end); break;
    case 66: softmaxRows(begin, end); break;
    case 67: crossEntropyGrad(begin, end); break;
    case 68: replaceOwn(begin, end); break;
    case 69: normaliseRows(begin, end); break;
    case 70: normaliseRowsGrad(begin, end); break;
    case 71: gatherRows(begin, end); break;
    case 72: scatterAddRows(begin, end); break;
    case 73: transform(begin, end); break;
    default: unreachable();
  }
}

/** Takes pieces of the present work until none is left: what every thread does, the calling one too. */
export function run(): void {
  const kind = load<i32>(KIND);
  const total = load<i32>(TOTAL);
  const grain = load<i32>(GRAIN);
  for (;;) {
    const begin = atomic.add<i32>(NEXT, grain);
    if (begin >= total) return;
    work(kind, begin, min(total, begin + grain));
  }
}

/** Looks at a word until it is no longer `value`, at most `times` times: shorter than going to sleep. */
export function changed(address: usize, value: i32, times: i32): bool {
  for (let i = 0; i < times; i++) {
    if (atomic.load<i32>(address) != value) return true;
  }
  return false;
}

/** Looks at a word until it is 0, at most `times` times. */
export function settled(address: usize, times: i32): bool {
  for (let i = 0; i < times; i++) {
    if (atomic.load<i32>(address) == 0) return true;
  }
  return false;
}
