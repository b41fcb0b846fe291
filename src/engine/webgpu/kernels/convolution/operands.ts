import type { backend_util } from '@tensorflow/tfjs-core';
import { fetchRows, matrices } from '../product/matmul.ts';
import { declare, type Operands, type ProductShape } from '../product/product.ts';
import filterGradient from './gather-filter-gradient.wgsl?raw';
import forward from './gather-forward.wgsl?raw';
import inputGradient from './gather-input-gradient.wgsl?raw';
import taps from './taps.wgsl?raw';

// A convolution and its two gradients as products of matrices that are gathered while they are multiplied. Axes:
// rows N = B * OH * OW (output pixels) or B * H * W (input pixels); taps KH * KW.

export type ConvInfo = backend_util.Conv2DInfo;

/** True where a convolution is a product as it stands: one tap, every pixel. */
export const isPointwise = (info: ConvInfo): boolean =>
  info.filterHeight === 1 &&
  info.filterWidth === 1 &&
  info.strideHeight === 1 &&
  info.strideWidth === 1 &&
  info.padInfo.top + info.padInfo.bottom + info.padInfo.left + info.padInfo.right === 0;

const tapsOf = ({ filterHeight, filterWidth }: ConvInfo): number => filterHeight * filterWidth;
const outputRows = ({ batchSize, outHeight, outWidth }: ConvInfo): number => batchSize * outHeight * outWidth;
const inputRows = ({ batchSize, inHeight, inWidth }: ConvInfo): number => batchSize * inHeight * inWidth;

interface Gathered {
  readonly operands: Operands;
  readonly sizes: ProductShape;
}

/** y [N, Cout] = gathered x [N, taps * Cin] filter [taps * Cin, Cout]. */
export function forwardProduct(info: ConvInfo): Gathered {
  const { inChannels, outChannels } = info;
  const sizes = { m: outputRows(info), n: outChannels, k: tapsOf(info) * inChannels };
  if (isPointwise(info)) return plain(sizes, false, false);
  const [fourA, fourB] = [inChannels % 4 === 0, outChannels % 4 === 0];
  return {
    sizes,
    operands: {
      name: `forward ${fourA} ${fourB}`,
      code: [
        declare('a', 0, fourA),
        declare('b', 1, fourB),
        taps,
        forward,
        fourA ? FETCH_FOUR : FETCH_ONE,
        fetchRows(fourB),
      ].join('\n'),
      aAlongK: true,
      bAlongK: false,
      fields: fieldsOf(info, inChannels),
    },
  };
}

/** dx [N, Cin] = gathered dy [N, taps * Cout] filter' [taps * Cout, Cin], the filter being stored as [taps, Cin, Cout]. */
export function inputGradientProduct(info: ConvInfo): Gathered {
  const { inChannels, outChannels } = info;
  const sizes = { m: inputRows(info), n: inChannels, k: tapsOf(info) * outChannels };
  if (isPointwise(info)) return plain(sizes, false, true);
  const four = outChannels % 4 === 0;
  return {
    sizes,
    operands: {
      name: `input gradient ${four}`,
      code: [
        declare('a', 0, four),
        declare('b', 1, four),
        taps,
        inputGradient,
        four ? FETCH_FOUR : FETCH_ONE,
        four ? FILTER_FOUR : FILTER_ONE,
      ].join('\n'),
      aAlongK: true,
      bAlongK: true,
      fields: fieldsOf(info, outChannels),
    },
  };
}

/** dfilter [taps * Cin, Cout] = gathered x' [taps * Cin, N] dy [N, Cout]. */
export function filterGradientProduct(info: ConvInfo): Gathered {
  const { inChannels, outChannels } = info;
  const sizes = { m: tapsOf(info) * inChannels, n: outChannels, k: outputRows(info) };
  if (isPointwise(info)) return plain(sizes, true, false);
  const [fourA, fourB] = [inChannels % 4 === 0, outChannels % 4 === 0];
  return {
    sizes,
    operands: {
      name: `filter gradient ${fourA} ${fourB}`,
      code: [
        declare('a', 0, fourA),
        declare('b', 1, fourB),
        filterGradient,
        fourA ? INPUTS_FOUR : INPUTS_ONE,
        fetchRows(fourB),
      ].join('\n'),
      aAlongK: false,
      bAlongK: false,
      fields: fieldsOf(info, inChannels),
    },
  };
}

const plain = (sizes: ProductShape, transposeA: boolean, transposeB: boolean): Gathered => ({
  sizes,
  operands: matrices(sizes, { transposeA, transposeB }),
});

/** @param channels those that k or m counts */
const fieldsOf = (info: ConvInfo, channels: number): readonly (readonly [string, number])[] => [
  ['in_h', info.inHeight],
  ['in_w', info.inWidth],
  ['out_h', info.outHeight],
  ['out_w', info.outWidth],
  ['channels', channels],
  ['kernel_w', info.filterWidth],
  ['stride_y', info.strideHeight],
  ['stride_x', info.strideWidth],
  ['top', info.padInfo.top],
  ['left', info.padInfo.left],
];

const FETCH_FOUR = `
fn fetch_a(m: u32, k: u32, i: u32, end: u32) -> vec4f {
  let from_ = input_of(i);
  if (k >= end || from_ < 0) { return vec4f(); }
  return a[(u32(from_) + channel) / 4u];
}`;

const FETCH_ONE = `
fn fetch_a(m: u32, k: u32, i: u32, end: u32) -> vec4f {
  var four: vec4f;
  for (var j = 0u; j < 4u; j++) {
    step_a(k + j);
    let from_ = input_of(i);
    if (k + j < end && from_ >= 0) { four[j] = a[u32(from_) + channel]; }
  }
  return four;
}`;

const FILTER_FOUR = `
fn fetch_b(n: u32, k: u32, end: u32) -> vec4f {
  if (k >= end || n >= params.n) { return vec4f(); }
  return b[((k / params.channels * params.n + n) * params.channels + k % params.channels) / 4u];
}`;

const FILTER_ONE = `
fn fetch_b(n: u32, k: u32, end: u32) -> vec4f {
  var four: vec4f;
  for (var j = 0u; j < 4u; j++) {
    let own = k + j;
    if (own < end && n < params.n) {
      four[j] = b[(own / params.channels * params.n + n) * params.channels + own % params.channels];
    }
  }
  return four;
}`;

const INPUTS_FOUR = `
fn inputs_of(b: u32, y: i32, x: i32, m: u32) -> vec4f {
  let from_ = input_of(b, y, x, 0u);
  if (from_ < 0) { return vec4f(); }
  return a[u32(from_) / 4u];
}`;

const INPUTS_ONE = `
fn inputs_of(b: u32, y: i32, x: i32, m: u32) -> vec4f {
  var four: vec4f;
  for (var j = 0u; j < 4u; j++) {
    let from_ = input_of(b, y, x, j);
    if (from_ >= 0 && m + j < params.m) { four[j] = a[from_]; }
  }
  return four;
}`;
