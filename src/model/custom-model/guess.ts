import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { luminanceRange, PIXEL_RANGES, type PixelRangeName, pixelRangeName } from '../../lib/pixel-range.ts';
import { ordered } from './graph.ts';
import type { CustomModel } from './read.ts';

export interface RangeGuess {
  readonly name: PixelRangeName;
  /** A sentence. */
  readonly why: string;
}

/** Networks in wide use, by a part of the model's name. */
const FAMILIES: readonly { readonly name: RegExp; readonly range: PixelRangeName; readonly what: string }[] =
  [
    { name: /efficientnet/i, range: 'bytes', what: 'EfficientNets take unscaled bytes' },
    {
      name: /facenet|insightface|arcface|iresnet/i,
      range: 'symmetric-128',
      what: 'face networks mostly do it so',
    },
    {
      name: /mobilenet|inception|xception|nasnet/i,
      range: 'symmetric-127.5',
      what: 'networks of that name do it so',
    },
    { name: /resnet|vgg|densenet/i, range: 'imagenet', what: 'networks of that name were mostly trained so' },
  ];

/** The most likely input range of a network, and why. */
export function guessRange(
  { scaling, networks, teachableMachine }: CustomModel,
  model: LayersModel,
): RangeGuess {
  if (scaling) {
    const known = pixelRangeName.options.find((name) => isScaling(name, scaling));
    if (known) return { name: known, why: 'The manifest of the download says so.' };
  }
  if (teachableMachine) {
    return {
      name: 'symmetric-127.5',
      why: 'Teachable Machine made it, and its image models take (x − 127.5) / 127.5.',
    };
  }
  const [first, second] = ordered(model).filter((layer) => layer.getClassName() !== 'InputLayer');
  const kind = first?.getClassName();
  if (kind === 'Rescaling' || second?.getClassName() === 'Rescaling') {
    return { name: 'bytes', why: 'The network scales its input itself (Rescaling), so it takes bytes.' };
  }
  if (first && kind === 'BatchNormalization') {
    const mean = movingMeanOf(first);
    const why = `Its first layer is a batch-norm with a moving mean of ${mean.toFixed(1)}.`;
    if (mean > 2) return { name: 'bytes', why };
    if (mean > 0.2) return { name: 'unit', why };
  }
  for (const called of [model.name, ...networks]) {
    const family = FAMILIES.find(({ name }) => name.test(called));
    if (!family) continue;
    const whose = called === model.name ? 'Its name is' : 'It is made of';
    return { name: family.range, why: `${whose} "${called.slice(0, 40)}", and ${family.what}.` };
  }
  const edge = model.inputs[0]?.shape[1];
  if (edge === 112 || edge === 150 || edge === 160) {
    return { name: 'symmetric-128', why: `Most face networks of ${edge} pixels use it.` };
  }
  return {
    name: 'unit',
    why: 'The model does not say; this is the most common range. Ask its author.',
  };
}

function isScaling(
  name: PixelRangeName,
  scaling: { readonly mean: unknown; readonly divisor: unknown },
): boolean {
  const same = (given: unknown, expected: readonly number[]): boolean =>
    expected.every((value, i) => (Array.isArray(given) ? given[i] : given) === value);
  const range = PIXEL_RANGES[name];
  return [range, luminanceRange(range)].some(
    ({ mean, divisor }) => same(scaling.mean, mean) && same(scaling.divisor, divisor),
  );
}

function movingMeanOf(norm: layers.Layer): number {
  const weight = norm.weights.find(({ originalName }) => originalName.endsWith('/moving_mean'));
  const values = weight?.read().dataSync<'float32'>() ?? new Float32Array(0);
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
