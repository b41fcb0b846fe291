import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { run as functional } from '../../../docs/examples/functional.ts';
import { run as imperative } from '../../../docs/examples/imperative.ts';
import { run as sequential } from '../../../docs/examples/sequential.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { ArcFace } from '../../../src/library/arcface-layer.ts';

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
});
