import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it, vi } from 'vitest';
import { run as functional } from '../../../docs/examples/functional.ts';
import { run as imperative } from '../../../docs/examples/imperative.ts';
import { run as sequential } from '../../../docs/examples/sequential.ts';
import { run as trainer } from '../../../docs/examples/trainer.ts';
import { type MarginInput, marginMeta, margins } from '../../../src/config/margin.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { ArcFace } from '../../../src/library/layer.ts';
import { headOf } from '../../../src/model/heads/create-head.ts';
import { type Head, lossOf } from '../../../src/model/heads/head.ts';

const embeddings = tf.tensor2d([
  [1, 2, -1],
  [0.5, -1, 2],
]);
const centres = [
  [1, 0, 0],
  [0, -3, 0],
  [1, 1, 1],
  [0, 0, 2],
];
const labels = [2, 3];

function layer(): ArcFace {
  const arcface = new ArcFace({ units: 4, scale: 10, margin: { kind: 'arcface', m: 0.4 } });
  arcface.apply(embeddings);
  arcface.setWeights([tf.tensor2d(centres)]);
  return arcface;
}

/** By hand, in angles. */
const expected = (margin: number): number[][] =>
  (embeddings.arraySync() as number[][]).map((x, b) =>
    centres.map((w, k) => {
      const dot = x.reduce((sum, value, d) => sum + value * (w[d] ?? 0), 0);
      const angle = Math.acos(dot / Math.hypot(...x) / Math.hypot(...w));
      return 10 * Math.cos(angle + (k === labels[b] ? margin : 0));
    }),
  );
const close = (got: tf.Tensor, wanted: readonly (readonly number[])[]): void =>
  wanted.flat().forEach((value, i) => {
    expect(got.dataSync()[i]).toBeCloseTo(value, 4);
  });

describe('the ArcFace layer', () => {
  it('puts the margin on the target class where labels are given, in any form, and nowhere else', () => {
    const arcface = layer();
    const forms = [
      tf.oneHot(labels, 4, 1, 0, 'float32'),
      tf.oneHot(labels, 4, 1, 0, 'int32'),
      tf.tensor1d(labels, 'int32'),
      tf.tensor1d(labels, 'float32'),
      tf.tensor2d(labels, [2, 1], 'int32'),
    ];
    for (const given of forms) {
      close(arcface.apply([embeddings, given]) as tf.Tensor, expected(0.4));
      close(arcface.apply(embeddings, { labels: given }) as tf.Tensor, expected(0.4));
    }
    close(arcface.apply(embeddings, { labels }) as tf.Tensor, expected(0.4));
    close(arcface.apply(embeddings) as tf.Tensor, expected(0));
  });

  it.each<[string, () => unknown, RegExp]>([
    ['rows of another width', () => tf.zeros([2, 3]), /4 units and cannot take labels of shape \[2, 3\]/],
    ['too few', () => tf.tensor1d([1], 'int32'), /2 embeddings, but 1 labels/],
    [
      'of no such class',
      () => tf.tensor1d([0, 4], 'int32'),
      /Label 1 of the batch is 4, not a whole number from 0 to 3/,
    ],
    ['between two classes', () => tf.tensor1d([0.5, 1]), /Label 0 of the batch is 0\.5/],
    ['smoothed', () => tf.fill([2, 4], 0.25), /Label 0 of the batch is not one-hot/],
    [
      'of two classes',
      () =>
        tf.tensor2d([
          [1, 0, 0, 0],
          [1, 1, 0, 0],
        ]),
      /Label 1 of the batch is not one-hot/,
    ],
    ['words', () => ['Ada', 'Bob'], /neither a tensor nor numbers/],
  ])('refuses labels that are %s', (_, made, sentence) => {
    expect(() => layer().apply(embeddings, { labels: made() })).toThrow(sentence);
  });

  it('refuses an input for labels of the wrong width', () => {
    const inputs = [tfl.input({ shape: [3] }), tfl.input({ shape: [5] })];
    expect(() => new ArcFace({ units: 4 }).apply(inputs)).toThrow(/labels of shape \[batch, 5\]/);
  });

  it('learns the same by fit from one-hot rows and from class numbers', async () => {
    const [x, classes] = [
      tf.tensor2d([
        [2, 1],
        [3, 1],
        [1, 2],
        [1, 3],
      ]),
      [0, 0, 1, 1],
    ];
    const losses = async (width: number, y: tf.Tensor, loss: string): Promise<number[]> => {
      const image = tfl.input({ shape: [2] });
      const label = tfl.input({ shape: [width] });
      const dense = tfl.layers.dense({
        units: 3,
        kernelInitializer: tfl.initializers.glorotNormal({ seed: 4 }),
      });
      const head = new ArcFace({ units: 2, scale: 8, seed: 3 }).apply([
        dense.apply(image) as tfl.SymbolicTensor,
        label,
      ]);
      const outputs = tfl.layers.softmax().apply(head) as tfl.SymbolicTensor;
      const model = tfl.model({ inputs: [image, label], outputs });
      model.compile({ optimizer: tf.train.adam(0.05), loss });
      const { history } = await model.fit([x, y], y, { epochs: 15, verbose: 0, shuffle: false });
      return (history['loss'] ?? []).map(Number);
    };
    const rows = await losses(2, tf.oneHot(classes, 2, 1, 0, 'float32'), 'categoricalCrossentropy');
    const numbers = await losses(1, tf.tensor2d(classes, [4, 1]), 'sparseCategoricalCrossentropy');
    expect(rows.at(-1)).toBeLessThan((rows[0] ?? 0) / 2);
    numbers.forEach((loss, i) => {
      expect(loss).toBeCloseTo(rows[i] ?? Number.NaN, 4);
    });
  });

  it('warns once where fit trains it without labels, and never of a prediction', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const train = async (margin: MarginInput): Promise<void> => {
        const head = new ArcFace({ name: 'head', units: 4, margin });
        const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [3] }), head] });
        model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        model.predict(embeddings);
        expect(warn).not.toHaveBeenCalled();
        await model.fit(embeddings, tf.zeros([2, 4]), { epochs: 3, verbose: 0 });
      };
      await train({ kind: 'none' });
      expect(warn).not.toHaveBeenCalled();
      await train({ kind: 'arcface' });
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0]?.[0]).toMatch(/"head" is trained without labels, so no margin is applied/);
    } finally {
      warn.mockRestore();
    }
  });

  it('says what it was made of, and can be made of that again', () => {
    const config = new ArcFace({ name: 'head', units: 4, margin: { kind: 'cosface', m3: 0.2 } }).getConfig();
    expect(config).toMatchObject({ name: 'head', units: 4, scale: 32, margin: { kind: 'cosface', m3: 0.2 } });
    const [again] = [tf.serialization.SerializationMap.getMap().classNameMap['ArcFace']?.[1]];
    expect(again?.(ArcFace, config).getConfig()).toEqual(config);
  });

  it('refuses in words what it cannot be', () => {
    expect(() => new ArcFace({ units: 1 })).toThrow(ProblemError);
    expect(() => new ArcFace({ units: 1 })).toThrow(/units is 1, but must be a whole number of at least 2/);
    const picture = tfl.input({ shape: [4, 4, 1] });
    expect(() => new ArcFace({ units: 3 }).apply(picture)).toThrow(/flatten/);
  });
});

describe.each(margins.map((meta) => [meta.kind, meta] as const))('the layer with %s', (kind, meta) => {
  const config = meta.defaults;
  const truth = tf.tensor1d(labels, 'int32');
  const settings = { strength: 1, scale: 10, smoothing: 0 };
  /** A layer, and a head of the same margin with the same weights. */
  const both = (): { layer: ArcFace; head: Head } => {
    const arcface = new ArcFace({ units: 4, scale: 10, seed: 7, margin: config });
    arcface.apply(embeddings);
    const rows = tf.variable<tf.Rank.R2>(arcface.getWeights()[0] as tf.Tensor2D);
    return { layer: arcface, head: headOf(config, rows, 10, createRandom(7), 1) };
  };

  it('has the logits and the loss of the head that training uses', () => {
    const { layer: one, head } = both();
    const plain = head.logits(embeddings, null, settings).logits;
    close(one.apply(embeddings) as tf.Tensor, plain.arraySync());
    const margined = head.logits(embeddings, truth, settings).logits;
    close(one.apply(embeddings, { labels: truth }) as tf.Tensor, margined.arraySync());
    const fresh = both(); // margins with statistics or random draws have moved on
    const [got] = fresh.layer.loss(embeddings, truth).dataSync();
    expect(got).toBeCloseTo(lossOf(fresh.head, embeddings, truth, settings).loss.dataSync()[0] ?? 0, 4);
  });

  it('is trained through embeddings and centres, and comes back from its configuration', () => {
    const { layer: one } = both();
    const [centres] = one.trainableWeights.map((weight) => weight.read());
    const gradient = tf.grad((x) => one.loss(x as tf.Tensor2D, truth))(embeddings);
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
    expect(Math.max(...gradient.dataSync().map(Math.abs))).toBeGreaterThan(1e-4);
    expect(centres?.shape).toEqual([4 * marginMeta(config).centresPerClass(config), 3]);
    expect(new ArcFace(one.getConfig() as never).getConfig()).toEqual(one.getConfig());
    expect(one.getConfig()['margin']).toMatchObject({ kind });
  });
});

describe('the examples of docs/examples', () => {
  it.each([
    ['functional', functional],
    ['imperative', imperative],
    ['sequential', sequential],
  ] as const)(
    '%s: trains, saves, loads, goes on, and tells classes apart without labels',
    async (_name, run) => {
      const { accuracy, accuracyAfterReload, accuracyAfterMore, same, different } = await run();
      expect(accuracy).toBeGreaterThan(0.85);
      expect(accuracyAfterReload).toBe(accuracy);
      expect(accuracyAfterMore).toBeGreaterThan(0.9);
      expect(same - different).toBeGreaterThan(0.4);
    },
    120_000,
  );

  it('trainer: trains, and its embeddings tell apart classes that were not trained on', async () => {
    const { accuracy, auc } = await trainer();
    expect(accuracy).toBeGreaterThan(0.9);
    expect(auc).toBeGreaterThan(0.8);
  }, 120_000);
});
