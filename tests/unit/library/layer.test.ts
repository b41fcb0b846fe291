import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { run as functional } from '../../../docs/examples/functional.ts';
import { run as imperative } from '../../../docs/examples/imperative.ts';
import { run as sequential } from '../../../docs/examples/sequential.ts';
import { run as trainer } from '../../../docs/examples/trainer.ts';
import { marginMeta, margins } from '../../../src/config/margin.ts';
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
  it('puts the margin on the true class where labels are given, in either way, and nowhere else', () => {
    const arcface = layer();
    const oneHot = tf.oneHot(labels, 4, 1, 0, 'float32');
    close(arcface.apply([embeddings, oneHot]) as tf.Tensor, expected(0.4));
    close(arcface.apply(embeddings, { labels: tf.tensor1d(labels, 'int32') }) as tf.Tensor, expected(0.4));
    close(arcface.apply(embeddings) as tf.Tensor, expected(0));
  });

  it('says what it was made of, and can be made of that again', () => {
    const config = new ArcFace({ name: 'head', units: 4, margin: { kind: 'cosface', m3: 0.2 } }).getConfig();
    expect(config).toMatchObject({ name: 'head', units: 4, scale: 32, margin: { kind: 'cosface', m3: 0.2 } });
    const [again] = [tf.serialization.SerializationMap.getMap().classNameMap['ArcFace']?.[1]];
    expect(again?.(ArcFace, config).getConfig()).toEqual(config);
  });

  it('refuses in words what it cannot be', () => {
    expect(() => new ArcFace({ units: 1 })).toThrow(ProblemError);
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
    return { layer: arcface, head: headOf(config, rows, 10, createRandom(7)) };
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
