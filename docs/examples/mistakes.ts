/**
 * The usual mistakes with ArcFace, each beside the right way, on small noisy pictures: prints the tables of docs/mistakes.md.
 *
 *   npx tsx docs/examples/mistakes.ts
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { radians } from '../../src/lib/brand.ts';
import { cosines } from '../../src/model/heads/centres.ts';
import { arcFace } from '../../src/model/margins/arcface/loss.ts';
import { applyMargin } from '../../src/model/margins/shared/apply-margin.ts';
import { backboneLayers } from './backbone.ts';
import { CLASSES, drawPictures } from './data.ts';
import { half, ranking } from './measures.ts';

const MARGIN = 0.5;
const SCALE = 16;
const NOISE = 1.1;
const BATCH = 25;
const EPOCHS = 12;
const margin = arcFace(radians(MARGIN));

/** Logits of a batch; labels are null where a prediction is made. */
type Head = (embeddings: tf.Tensor2D, centres: tf.Tensor2D, labels: tf.Tensor1D | null) => tf.Tensor2D;

const right: Head = (embeddings, centres, labels) => {
  const cosine = cosines(embeddings, centres);
  return tf.mul(labels ? applyMargin(margin, cosine, labels) : cosine, SCALE);
};
const onEveryClass: Head = (embeddings, centres) => {
  const angle = tf.acos(tf.clipByValue(cosines(embeddings, centres), -0.9999, 0.9999));
  return tf.mul(tf.cos(tf.add(angle, MARGIN)), SCALE) as tf.Tensor2D;
};
/** cos(theta - m): the label lifts the class that it names. */
const wrongSign: Head = (embeddings, centres, labels) => {
  const cosine = cosines(embeddings, centres);
  if (!labels) return tf.mul(cosine, SCALE);
  const own = tf.oneHot(labels, CLASSES, 1, 0, 'float32');
  const angle = tf.acos(tf.clipByValue(cosine, -0.9999, 0.9999));
  return tf.mul(tf.cos(tf.abs(tf.sub(angle, tf.mul(own, 2 * MARGIN)))), SCALE) as tf.Tensor2D;
};
/** The dot product is taken for a cosine, and clipped to what an arccosine can take. */
const notNormalised: Head = (embeddings, centres, labels) => {
  const dot = tf.clipByValue(tf.matMul(embeddings, centres, false, true), -0.9999, 0.9999) as tf.Tensor2D;
  return tf.mul(labels ? applyMargin(margin, dot, labels) : dot, SCALE);
};

type Loss = (logits: tf.Tensor2D, oneHot: tf.Tensor2D) => tf.Scalar;
const crossEntropy: Loss = (logits, oneHot) =>
  tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot), 1))) as tf.Scalar;
const softmaxTwice: Loss = (logits, oneHot) => crossEntropy(tf.softmax(logits), oneHot);

interface Trained {
  readonly backbone: tfl.LayersModel;
  readonly centres: tf.Tensor2D;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

/** The same data, weights, order and steps for everyone. */
function train(head: Head, loss: Loss = crossEntropy): Trained {
  const { images, labels, oneHot } = drawPictures(40, 1, NOISE);
  const backbone = tfl.sequential({ layers: backboneLayers() });
  const centres = tf.variable(
    tf.randomNormal([CLASSES, 8], 0, 0.35, 'float32', 7),
  ) as tf.Variable<tf.Rank.R2>;
  const weights = [...backbone.trainableWeights.map((weight) => weight.read() as tf.Variable), centres];
  const adam = tf.train.adam(0.003);
  const losses: number[] = [];
  for (let step = 0; step < (EPOCHS * images.shape[0]) / BATCH; step++) {
    const at = (step * BATCH) % images.shape[0];
    const value = adam.minimize(
      () => {
        const x = tf.slice(images, [at, 0, 0, 0], [BATCH, -1, -1, -1]);
        const embeddings = backbone.apply(x, { training: true }) as tf.Tensor2D;
        return loss(
          head(embeddings, centres, tf.slice(labels, [at], [BATCH])),
          tf.slice(oneHot, [at, 0], [BATCH, -1]),
        );
      },
      true,
      weights,
    );
    losses.push(value?.dataSync()[0] ?? Number.NaN);
  }
  const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length;
  return { backbone, centres, firstLoss: mean(losses.slice(0, 8)), lastLoss: mean(losses.slice(-8)) };
}

/** Share of new pictures of the classes trained on that are correctly classified. */
function accuracy(head: Head, { backbone, centres }: Trained, withLabels: boolean): number {
  const { images, labels } = drawPictures(60, 2, NOISE);
  return tf.tidy(() => {
    const embeddings = backbone.apply(images, { training: false }) as tf.Tensor2D;
    const logits = head(embeddings, centres, withLabels ? labels : null);
    return tf.mean(tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32')).dataSync()[0] ?? Number.NaN;
  });
}

/** Area under the ROC curve over all pairs of pictures of twenty classes never trained on. */
function heldOutAuc(embed: (images: tf.Tensor4D) => tf.Tensor2D): number {
  const { images, labels } = drawPictures(8, 3, NOISE, 20, 500);
  const cosine = tf.tidy(() => cosines(embed(images), embed(images)).arraySync() as number[][]);
  return ranking(cosine, labels.arraySync() as number[]);
}

const embedderOf =
  ({ backbone }: Trained) =>
  (images: tf.Tensor4D): tf.Tensor2D =>
    backbone.apply(images, { training: false }) as tf.Tensor2D;

const show = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'not a number');
const row = (...cells: readonly (string | number)[]): void =>
  console.log(`| ${cells.map((cell) => (typeof cell === 'number' ? show(cell) : cell)).join(' | ')} |`);
const table = (...titles: readonly string[]): void => {
  console.log(`\n| ${titles.join(' | ')} |\n|${'---|'.repeat(titles.length)}`);
};

const good = train(right);
const everyClass = train(onEveryClass);
const twice = train(right, softmaxTwice);
const leaking = train(wrongSign);
const raw = train(notNormalised);

table('', 'loss, first', 'loss, last', 'accuracy', 'held-out classes, AUC');
const line = (name: string, one: Trained, head: Head): void =>
  row(name, one.firstLoss, one.lastLoss, accuracy(head, one, false), heldOutAuc(embedderOf(one)));
line('right', good, right);
line('margin on every class', everyClass, right);
line('softmax twice', twice, right);
line('not normalised', raw, notNormalised);
line('margin of the wrong sign', leaking, right);

table('accuracy read', 'labels given', 'labels not given');
row('right', accuracy(right, good, true), accuracy(right, good, false));
row('margin of the wrong sign', accuracy(wrongSign, leaking, true), accuracy(wrongSign, leaking, false));

table('cosine', 'in 32 bits', 'in 16 bits', 'slope of its arccosine in 16 bits');
for (const cosine of [1 - 1e-7, 1 - 1e-4, 1 - 1e-3]) {
  const kept = half(cosine);
  const slope = -1 / Math.sqrt(half(1 - half(kept * kept)));
  row(
    String(cosine),
    String(Math.fround(cosine)),
    String(kept),
    Number.isFinite(slope) ? slope.toFixed(1) : 'infinite',
  );
}

table('what is compared', 'held-out classes, AUC');
row('the embedding, 8 numbers', heldOutAuc(embedderOf(good)));
row(
  'the output of the classification layer, 5 probabilities',
  heldOutAuc((images) => tf.softmax(right(embedderOf(good)(images), good.centres, null))),
);
