import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { describeInvalid } from '../config/invalid-setting.ts';
import { type MarginConfig, type MarginInput, marginMeta, parseMargin } from '../config/margin.ts';
import { present } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';
import { createRandom } from '../lib/random.ts';
import type { Centres } from '../model/heads/centres.ts';
import type { Head, Logits } from '../model/heads/head.ts';
import { headOf } from '../model/margins/registry.ts';
import { checkLabelShape, targetClasses } from './labels.ts';

const configSchema = z.object({
  name: z.string().optional(),
  trainable: z.boolean().optional(),
  /** K, the number of classes. */
  units: z.int().min(2),
  /** Logits are scale * cosine. */
  scale: z.number().positive().default(32),
  margin: z.unknown().optional(),
  /** Of the random first centres, and of margins that are drawn. */
  seed: z.int().min(0).optional(),
});

export interface ArcFaceLayerConfig {
  readonly name?: string;
  readonly trainable?: boolean;
  /** K, the number of classes. */
  readonly units: number;
  /** Logits are scale * cosine; 32 if not given. */
  readonly scale?: number;
  /** Which margin, and those of its settings that differ from its defaults; ArcFace with 0.5 rad if not given. */
  readonly margin?: MarginInput;
  readonly seed?: number;
}

/**
 * The head of any margin of this program as a layer of TensorFlow.js: L2-normalised embeddings against L2-normalised
 * class centres, a margin on the target class, times the scale (for ArcFace: Deng et al., arXiv 1801.07698, equation 3).
 * Softmax and cross-entropy come after it ({@link ArcFace.loss} has both).
 *
 * - `[embeddings [B, D], labels]` -> margined logits [B, K]: for training;
 * - `embeddings [B, D]` -> plain logits [B, K]: for prediction;
 * - `embeddings` with the call argument `labels` -> margined logits. A model hands call arguments on to all its layers, so
 *   a Sequential is trained by `model.apply(x, { training: true, labels })`.
 *
 * Labels are one-hot rows [B, K], or the number of the target class of each row, [B, 1] or [B].
 *
 * The margin is applied only where labels are given: a prediction never has it, and training without labels, e.g. by `fit`
 * of a Sequential, has none either and says so once on the console. Two margins need more than softmax
 * cross-entropy: SphereFace2's logits are for binary cross-entropy, and MagFace has a regulariser. {@link ArcFace.loss}
 * is right for all.
 */
export class ArcFace extends tfl.layers.Layer {
  static readonly className = 'ArcFace';
  /** Share of the full margin, 0 to 1: a loop may let it grow. */
  marginStrength = 1;
  private readonly config: z.output<typeof configSchema>;
  private readonly margin: MarginConfig;
  private head: Head | null = null;
  private hasWarned = false;

  /** @throws ProblemError naming the setting that is wrong */
  constructor(config: ArcFaceLayerConfig) {
    const parsed = configSchema.safeParse(config);
    if (!parsed.success) {
      throw new ProblemError(
        `The ArcFace layer cannot be made: ${describeInvalid(configSchema, config, parsed.error)}.`,
        'Give units (the number of classes), and scale and margin where they are to differ.',
      );
    }
    const { name, trainable, margin } = parsed.data;
    super({ ...(name !== undefined && { name }), ...(trainable !== undefined && { trainable }) });
    this.config = parsed.data;
    this.margin = parseMargin(margin ?? { kind: 'arcface' });
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const dimension = present(embeddingShape(inputShape).at(-1), 'the size of the embedding');
    const { units, scale, seed } = this.config;
    const rows = units * marginMeta(this.margin).centresPerClass(this.margin);
    const normal = { mean: 0, stddev: 1 / Math.sqrt(dimension), ...(seed !== undefined && { seed }) };
    const centres = this.addWeight(
      'centres',
      [rows, dimension],
      'float32',
      tfl.initializers.randomNormal(normal),
    );
    this.head = headOf(this.margin, {
      // As many dimensions as were asked for.
      centres: variableOf(centres) as Centres,
      scale,
      strength: this.marginStrength,
      random: createRandom(seed ?? Math.floor(Math.random() * 2 ** 32)),
      variable: (name, first, trained) => {
        const start = first();
        const zeros = tfl.initializers.zeros();
        const made = variableOf(this.addWeight(name, start.shape, 'float32', zeros, undefined, trained));
        made.assign(start);
        start.dispose();
        return made;
      },
    });
    this.built = true;
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const labels = inputShape[1];
    if (Array.isArray(labels)) checkLabelShape(labels, this.config.units);
    return [embeddingShape(inputShape)[0] ?? null, this.config.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Readonly<Record<string, unknown>>): tf.Tensor {
    return tf.tidy(() => {
      const [first, second] = Array.isArray(inputs) ? inputs : [inputs];
      const given = second ?? kwargs['labels'];
      // Ranks are seen to by computeOutputShape and build.
      const embeddings = present(first, 'the embeddings') as tf.Tensor2D; // [B,D]
      if (given !== undefined && given !== null) {
        const labels = targetClasses(given, embeddings.shape[0], this.config.units); // [B]
        return this.logits(embeddings, labels).logits;
      }
      if (kwargs['training'] === true) this.warnOfNoMargin();
      return this.logits(embeddings, null).logits;
    });
  }

  private warnOfNoMargin(): void {
    if (this.hasWarned || marginMeta(this.margin).baseline) return;
    this.hasWarned = true;
    console.warn(
      `The layer "${this.name}" is trained without labels, so no margin is applied. Give it [embeddings, labels], or labels as a call argument; fit of a Sequential can do neither.`,
    );
  }

  /**
   * The loss of a batch, with the margin: for a loop with a gradient tape. The layer must have been built.
   *
   * @param embeddings [B, D]
   * @param labels [B], int32
   * @returns scalar, in nats
   */
  loss(embeddings: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
    return tf.tidy(() => {
      const { logits, regulariser } = this.logits(embeddings, labels);
      const settings = { scale: this.config.scale, smoothing: 0 };
      const loss = present(this.head, 'the head').crossEntropy(logits, labels, settings);
      return regulariser ? tf.add(loss, regulariser) : loss;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, scale, seed } = this.config;
    return {
      ...super.getConfig(),
      units,
      scale,
      margin: { ...this.margin },
      ...(seed !== undefined && { seed }),
    };
  }

  private logits(embeddings: tf.Tensor2D, labels: tf.Tensor1D | null): Logits {
    const settings = { strength: this.marginStrength, scale: this.config.scale };
    return present(this.head, 'the head').logits(embeddings, labels, settings);
  }
}
tf.serialization.registerClass(ArcFace);

/** A layer's weights are variables that their type shows as tensors. */
function variableOf(weight: tfl.LayerVariable): tf.Variable {
  const variable = weight.read();
  if (variable instanceof tf.Variable) return variable;
  throw new Error('Internal error: a weight that is no variable');
}

/** Of the embeddings: the first input where labels are the second. */
function embeddingShape(shape: tfl.Shape | tfl.Shape[]): tfl.Shape {
  const first = shape[0];
  // A list of shapes, or one shape.
  const embeddings = (Array.isArray(first) ? first : shape) as tfl.Shape;
  if (embeddings.length === 2) return embeddings;
  throw new ProblemError(
    `The ArcFace layer takes embeddings [batch, numbers], not a tensor of shape [${embeddings.join(', ')}].`,
    'Put a flatten or pooling layer in front of it.',
  );
}
