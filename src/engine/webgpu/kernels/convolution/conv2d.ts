import { backend_util, engine, type KernelConfig, util } from '@tensorflow/tfjs-core';
import { allFloat, kernel } from '../../host/kernel.ts';
import { type Activation, finishOf } from '../product/finish.ts';
import { product } from '../product/product.ts';
import { type ConvInfo, filterGradientProduct, forwardProduct, inputGradientProduct } from './operands.ts';

type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];

export interface ConvAttrs {
  readonly strides: number | [number, number];
  readonly pad: Pad;
  readonly dataFormat?: 'NHWC' | 'NCHW' | null;
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | null;
}

/** Sizes of a convolution; null for one that is left to the published kernel: dilated, or channels first. */
export function convInfo(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvAttrs,
  depthwise = false,
): ConvInfo | null {
  if (dataFormat && dataFormat !== 'NHWC') return null;
  const [batch = 0, height = 0, width = 0, channels = 0] = x;
  const [kh = 0, kw = 0, cin = 0, cout = 0] = filter;
  const info = backend_util.computeConv2DInfo(
    [batch, height, width, channels],
    [kh, kw, cin, cout],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode ?? undefined,
    depthwise,
  );
  const dilated = info.dilationHeight !== 1 || info.dilationWidth !== 1;
  return dilated || util.sizeFromShape(info.outShape) === 0 ? null : info;
}

/** While gradients are taken a norm may follow, which then need not read the result again. */
export const isTraining = (): boolean => engine().state.gradientDepth > 0;

/** Convolutions [B, H, W, Cin] x [KH, KW, Cin, Cout], and their gradients. */
export const convKernels = (): KernelConfig[] => [
  kernel<'x' | 'filter', ConvAttrs>('Conv2D', ({ inputs: { x, filter }, attrs, backend }) => {
    const info = allFloat(x, filter) ? convInfo(x.shape, filter.shape, attrs) : null;
    if (!info) return null;
    const { operands, sizes } = forwardProduct(info);
    const options = { shape: info.outShape, split: false, statistics: isTraining() };
    return product(backend, [x, filter], operands, sizes, options);
  }),
  kernel<'dy' | 'filter', ConvAttrs & { readonly inputShape: number[] }>(
    'Conv2DBackpropInput',
    ({ inputs: { dy, filter }, attrs, backend }) => {
      const info = allFloat(dy, filter) ? convInfo(attrs.inputShape, filter.shape, attrs) : null;
      if (!info) return null;
      const { operands, sizes } = inputGradientProduct(info);
      return product(backend, [dy, filter], operands, sizes, { shape: info.inShape, split: false });
    },
  ),
  kernel<'x' | 'dy', ConvAttrs & { readonly filterShape: number[] }>(
    'Conv2DBackpropFilter',
    ({ inputs: { x, dy }, attrs, backend }) => {
      const info = allFloat(x, dy) ? convInfo(x.shape, attrs.filterShape, attrs) : null;
      if (!info) return null;
      const { operands, sizes } = filterGradientProduct(info);
      return product(backend, [x, dy], operands, sizes, { shape: info.filterShape, split: true });
    },
  ),
  kernel<'x' | 'filter' | 'bias' | 'preluActivationWeights', ConvAttrs & Activation>(
    'FusedConv2D',
    ({ inputs, attrs, backend }) => {
      const { x, filter } = inputs;
      const info = allFloat(x, filter) ? convInfo(x.shape, filter.shape, attrs) : null;
      const finish = info && finishOf(inputs, attrs, info.outChannels, 2);
      if (!info || !finish) return null;
      const { operands, sizes } = forwardProduct(info);
      // The library's layers come here in training too, where there is nothing to be fused.
      const bare = attrs.activation === 'linear' && !inputs.bias;
      const options = bare ? { statistics: isTraining() } : { finish };
      return product(backend, [x, filter], operands, sizes, {
        shape: info.outShape,
        split: false,
        ...options,
      });
    },
  ),
];
