import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { isMade } from '../../../src/config/backbone.ts';
import { type MadeBackbone, trainingConfigSchema } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { toModelFiles } from '../../../src/export/model-json.ts';
import { saveNetwork } from '../../../src/export/saved-network.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';
import { vgg8 } from '../../../src/model/backbones/vgg8/build.ts';

type Config = MadeBackbone;
type Facts = readonly [Config, { readonly parameters: number; readonly millions: number }];

type Size = Config['inputSize'];

const smallCnn = (inputSize: Size): Config => ({
  kind: 'small-cnn',
  inputSize,
  embeddingSize: 64,
});
const mobileFaceNet = (embeddingSize: number, width: 1 | 2, inputSize: Size = 112): Config => ({
  kind: 'mobilefacenet',
  inputSize,
  embeddingSize,
  width,
});
const vgg = (inputSize: Size): Config => ({
  kind: 'vgg8',
  inputSize,
  embeddingSize: 64,
  dropout: 0.5,
});
const iresnet = (kind: 'iresnet-18' | 'iresnet-50', inputSize: Size = 112): Config => ({
  kind,
  inputSize,
  embeddingSize: 512,
  dropout: 0.4,
});

/**
 * Trained parameters and millions of multiplications a picture, as docs/guide/using-the-page.md and the descriptions state them.
 * PyTorch counts 24,025,600 and 43,590,848 for insightface's IResNet-18 and -50: with the 512 factors of the last norm,
 * which are not trained. It counts 2,059,520 for its mbf: with 1,152 more weights in the second convolution. Of smaller
 * pictures, 4x4, 3x3 or 2x2 of the last 7x7 places are left, each with 512 weights in MobileFaceNet, 512 x 512 in IResNet.
 */
const FACTS: readonly Facts[] = [
  [smallCnn(32), { parameters: 89_472, millions: 0.766 }],
  [smallCnn(48), { parameters: 171_392, millions: 1.72 }],
  [smallCnn(64), { parameters: 126_528, millions: 3.46 }],
  [smallCnn(112), { parameters: 261_696, millions: 10.6 }],
  [vgg(32), { parameters: 138_096, millions: 9.95 }],
  [vgg(48), { parameters: 220_016, millions: 22.4 }],
  [vgg(64), { parameters: 334_704, millions: 39.8 }],
  [vgg(112), { parameters: 875_376, millions: 122 }],
  [mobileFaceNet(128, 1), { parameters: 1_003_136, millions: 221 }],
  [mobileFaceNet(192, 1), { parameters: 1_036_032, millions: 221 }],
  [mobileFaceNet(512, 2), { parameters: 2_059_520 - 1152, millions: 434 }],
  [mobileFaceNet(192, 1, 64), { parameters: 1_036_032 - 33 * 512, millions: 72.2 }],
  [mobileFaceNet(192, 1, 48), { parameters: 1_036_032 - 40 * 512, millions: 40.7 }],
  [mobileFaceNet(192, 1, 32), { parameters: 1_036_032 - 45 * 512, millions: 18.1 }],
  [mobileFaceNet(512, 2, 32), { parameters: 2_059_520 - 1152 - 45 * 512, millions: 35.7 }],
  [iresnet('iresnet-18'), { parameters: 24_025_600 - 512, millions: 2610 }],
  [iresnet('iresnet-50'), { parameters: 43_590_848 - 512, millions: 6310 }],
  [iresnet('iresnet-18', 64), { parameters: 24_025_600 - 512 - 33 * 512 ** 2, millions: 852 }],
  [iresnet('iresnet-18', 48), { parameters: 24_025_600 - 512 - 40 * 512 ** 2, millions: 479 }],
  [iresnet('iresnet-18', 32), { parameters: 24_025_600 - 512 - 45 * 512 ** 2, millions: 213 }],
  [iresnet('iresnet-50', 32), { parameters: 43_590_848 - 512 - 45 * 512 ** 2, millions: 515 }],
];

const sizeOf = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((product, size) => product * (size ?? 1), 1);
const countOf = (model: tfl.LayersModel): number =>
  model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Multiplications of convolutions and dense layers: each weight of a kernel once for each pixel of the output. */
function multiplications(model: tfl.LayersModel): number {
  return model.layers.reduce((sum, layer) => {
    const kernel = layer.weights.find(({ originalName }) => originalName.endsWith('kernel'));
    if (!kernel) return sum;
    const [, ...pixels] = (layer.outputShape as tfl.Shape).slice(0, -1);
    return sum + sizeOf(kernel.shape) * sizeOf(pixels);
  }, 0);
}

const title = (config: Config): string =>
  `${config.kind}/${config.inputSize}/${config.embeddingSize}/${'width' in config ? config.width : ''}`;

beforeAll(() => startBackend('simd'));

describe('the backbones', () => {
  it.each(
    FACTS.map((facts) => [title(facts[0]), ...facts] as const),
  )('%s has the output, parameters and multiplications that are stated', (_, config, facts) => {
    const model = createBackbone(trained(config), createRandom(1));
    expect(model.inputs[0]?.shape).toEqual([null, config.inputSize, config.inputSize, 3]);
    expect(model.outputs[0]?.shape).toEqual([null, config.embeddingSize]);
    expect(countOf(model)).toBe(facts.parameters);
    expect(Number((multiplications(model) / 1e6).toPrecision(3))).toBe(facts.millions);
    if (config.kind === 'iresnet-50') checkForward(model, config.inputSize, config.embeddingSize);
    model.dispose();
  });
});

it('every kernel starts with a variance of 2 by the numbers that one filter sees, cut off at two deviations', () => {
  const model = createBackbone(mobileFaceNet(64, 1, 112), createRandom(3));
  const kernels = model.weights.filter(({ originalName }) => originalName.endsWith('kernel'));
  expect(kernels).toHaveLength(50);
  for (const kernel of kernels) {
    const { originalName, shape } = kernel;
    const depthwise = originalName.endsWith('depthwise_kernel');
    const fanIn = sizeOf(shape.slice(0, depthwise ? 2 : -1));
    const values = kernel.read().dataSync<'float32'>();
    const squares = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // A normal distribution cut off at two deviations has 0.774 of the variance.
    const ratio = (squares * fanIn) / 2 / 0.774;
    expect(Math.abs(ratio - 1), originalName).toBeLessThan(6 / Math.sqrt(values.length));
  }
  model.dispose();
});

// Three pictures: of two, the last norm makes +-1 whatever they are, and next to nothing flows back.
describe('a training step', () => {
  it.each<[Config]>([
    [vgg(32)],
    [mobileFaceNet(512, 2)],
    [iresnet('iresnet-18', 48)],
  ])('of $kind has a finite gradient for every weight', (config) => {
    const model = createBackbone(config, createRandom(1));
    const { loss, gradients } = lossAndGradients(model, pictures(config.inputSize, 3), [0, 1, 0]);
    expect(loss).toBeGreaterThan(0);
    expect([...gradients.keys()]).toEqual(model.trainableWeights.map(({ originalName }) => originalName));
    for (const [name, gradient] of gradients) {
      expect(gradient.every(Number.isFinite), name).toBe(true);
      expect(
        gradient.some((value) => value !== 0),
        name,
      ).toBe(true);
    }
    // The moving averages have moved away from 0 and 1.
    for (const { originalName, shape, read } of movingOf(model)) {
      const start = originalName.endsWith('mean') ? 0 : 1;
      expect(
        read().some((value) => value !== start),
        `${originalName} ${shape}`,
      ).toBe(true);
    }
    model.dispose();
  });

  it('of VGG8 lowers the loss, step after step, also for digits of 28x28x1 on the sphere', () => {
    const model = vgg8({ shape: [28, 28, 1], embeddingSize: 3, dropout: 0.5 }, createRandom(1));
    expect(countOf(model)).toBe(73_878);
    const labels = Array.from({ length: 12 }, (_, i) => i % 3);
    const given = pictures(28, 12, 1);
    const before = tf.memory().numTensors;
    const losses = Array.from({ length: 12 }, () => {
      const { loss, gradients } = lossAndGradients(model, given, labels);
      for (const weight of model.trainableWeights) {
        const variable = weight.read() as tf.Variable;
        const gradient = present(gradients.get(weight.originalName), weight.originalName);
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(0.05, tf.tensor(gradient, variable.shape)))));
      }
      return loss;
    });
    expect(tf.memory().numTensors).toBe(before);
    const mean = (part: number[]): number => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    expect(mean(losses.slice(-4))).toBeLessThan(0.7 * mean(losses.slice(0, 4)));
    model.dispose();
    given.dispose();
  });
});

it.each<[Config]>([
  [vgg(32)],
  [mobileFaceNet(512, 2, 32)],
  [iresnet('iresnet-18', 32)],
])('a saved $kind opens with plain tf.loadLayersModel and gives the same', async (config) => {
  const model = createBackbone(config, createRandom(2));
  const given = pictures(config.inputSize, 2);
  // Averages that are not 0 and 1.
  tf.dispose(model.apply(given, { training: true }) as tf.Tensor);
  const { modelJson, weights } = toModelFiles(await saveNetwork(model)); // refuses layers that are not the library's own
  const plain = await tfl.loadLayersModel(
    tf.io.browserFiles([new File([modelJson], 'model.json'), new File([weights], 'weights.bin')]),
  );
  expect(plain.countParams()).toBe(model.countParams());
  const [ours, loaded] = [model, plain].map((network) =>
    tf.tidy(() => (network.predict(given) as tf.Tensor).dataSync<'float32'>()),
  );
  const largest = Math.max(...present(ours, 'ours').map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  ours?.forEach((value, i) => {
    expect(Math.abs(value - (loaded?.[i] ?? Number.NaN))).toBeLessThan(1e-5 * largest);
  });
  model.dispose();
  plain.dispose();
  given.dispose();
});

/** As it comes out of the settings' own check. */
function trained(config: Config): Config {
  const parsed = trainingConfigSchema.shape.backbone.parse(config);
  if (!isMade(parsed)) throw new Error('not one to train');
  return parsed;
}

/** Noise on a ground that is the class's own, so that there is something to learn. */
function pictures(edge: number, count: number, channels = 3): tf.Tensor4D {
  const random = createRandom(9);
  const values = Float32Array.from(
    { length: count * edge * edge * channels },
    (_, i) =>
      random.between(-0.5, 0.5) +
      0.5 * Math.sin((i % (edge * edge * channels)) * ((Math.floor(i / (edge * edge * channels)) % 3) + 1)),
  );
  return tf.tensor4d(values, [count, edge, edge, channels]);
}

/** Cross-entropy of the cosines to fixed class centres, along the axes, times 8. */
function lossAndGradients(
  model: tfl.LayersModel,
  given: tf.Tensor4D,
  labels: readonly number[],
): { loss: number; gradients: Map<string, Float32Array> } {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const gradients = new Map<string, Float32Array>();
  let loss = Number.NaN;
  tf.tidy(() => {
    const size = model.outputs[0]?.shape[1] ?? 0;
    const truth = tf.cast(tf.oneHot([...labels], size), 'float32');
    const { value, grads } = tf.variableGrads(() => {
      const embedding = model.apply(given, { training: true }) as tf.Tensor2D;
      const cosines = tf.mul(embedding, tf.rsqrt(tf.sum(tf.square(embedding), 1, true)));
      const own = tf.sum(tf.mul(truth, tf.logSoftmax(tf.mul(cosines, 8))), 1);
      return tf.neg(tf.mean<tf.Scalar>(own));
    }, variables);
    loss = value.dataSync()[0] ?? Number.NaN;
    model.trainableWeights.forEach(({ originalName }, i) => {
      const gradient = present(grads[variables[i]?.name ?? ''], originalName);
      gradients.set(originalName, gradient.dataSync<'float32'>().slice());
    });
  });
  return { loss, gradients };
}

function movingOf(model: tfl.LayersModel) {
  return model.weights
    .filter(({ originalName }) => originalName.includes('moving'))
    .map((weight) => ({
      originalName: weight.originalName,
      shape: weight.shape,
      read: () => weight.read().dataSync<'float32'>(),
    }));
}

function checkForward(model: tfl.LayersModel, edge: number, size: number): void {
  const embedding = tf.tidy(() =>
    (
      model.apply(tf.randomUniform([1, edge, edge, 3], -1, 1, 'float32', 3), { training: false }) as tf.Tensor
    ).dataSync<'float32'>(),
  );
  expect(embedding.length).toBe(size);
  expect(embedding.every(Number.isFinite)).toBe(true);
  expect(new Set(embedding).size).toBeGreaterThan(size / 2);
}
