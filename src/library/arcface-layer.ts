import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { present } from '../lib/assert.ts';
import { radians } from '../lib/brand.ts';
import { ProblemError } from '../lib/problem.ts';
import { unreachable } from '../lib/unreachable.ts';
import { cosines } from '../model/heads/centres.ts';
import { arcFace } from '../model/margins/arcface.ts';
import { combined } from '../model/margins/combined.ts';
import { cosFace } from '../model/margins/cosface.ts';
import { applyMargin, type Margin } from '../model/margins/margin.ts';
import { noMargin } from '../model/margins/none.ts';
import { sphereFace } from '../model/margins/sphereface.ts';

/** Which margin, with its numbers: m and m2 in radians, m3 a difference of cosines, m1 a plain factor. */
const marginSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('arcface'), m: z.number().min(0).max(1.5) }),
  z.strictObject({ kind: z.literal('cosface'), m3: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('sphereface'), m1: z.number().min(1).max(4) }),
  z.strictObject({
    kind: z.literal('combined'),
    m1: z.number().min(1).max(4),
    m2: z.number().min(0).max(1.5),
    m3: z.number().min(0).max(1),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

const configSchema = z.object({
  name: z.string().optional(),
  trainable: z.boolean().optional(),
  /** K, the number of classes. */
  units: z.int().min(2),
  /** Logits are scale * cosine. */
  scale: z.number().positive().default(32),
  margin: marginSchema.default({ kind: 'arcface', m: 0.5 }),
  /** Of the random first centres. */
  seed: z.int().optional(),
});

export type ArcFaceLayerConfig = z.input<typeof configSchema>;

/**
 * The ArcFace head as a layer of TensorFlow.js: L2-normalised embeddings against L2-normalised class centres, a margin on
 * the true class, times the scale (Deng et al., arXiv 1801.07698, equation 3). Softmax and cross-entropy come behind it.
 *
 * - `[embeddings [B, D], one-hot labels [B, K]]` -> margined logits [B, K]: for training;
 * - `embeddings [B, D]` -> plain logits scale * cosine [B, K]: for predicting;
 * - `embeddings` with the call argument `labels` ([B], int32) -> margined logits. A model hands call arguments on to
 *   all its layers, so a Sequential is trained by `model.apply(x, { training: true, labels })`.
 *
 * The margin is there only where labels are given: a prediction never knows it.
 */
export class ArcFace extends tfl.layers.Layer {
  static readonly className = 'ArcFace';
  private readonly config: z.output<typeof configSchema>;
  private centres: tfl.LayerVariable | null = null;

  /** @throws ProblemError naming the setting that is wrong */
  constructor(config: ArcFaceLayerConfig) {
    const parsed = configSchema.safeParse(config);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new ProblemError(
        `The ArcFace layer cannot be made so: ${issue?.path.join('.') || 'config'}: ${issue?.message ?? 'unknown problem'}.`,
        'Give units (the number of classes), and scale and margin where they are to differ.',
      );
    }
    const { name, trainable } = parsed.data;
    super({ ...(name !== undefined && { name }), ...(trainable !== undefined && { trainable }) });
    this.config = parsed.data;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const dimension = present(embeddingShape(inputShape).at(-1), 'the size of the embedding');
    this.centres = this.addWeight(
      'centres',
      [this.config.units, dimension],
      'float32',
      tfl.initializers.randomNormal({
        mean: 0,
        stddev: 1 / Math.sqrt(dimension),
        ...(this.config.seed !== undefined && { seed: this.config.seed }),
      }),
    );
    this.built = true;
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return [embeddingShape(inputShape)[0] ?? null, this.config.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Readonly<Record<string, unknown>>): tf.Tensor {
    return tf.tidy(() => {
      const [embeddings, oneHot] = Array.isArray(inputs) ? inputs : [inputs];
      const centres = present(this.centres, 'the centres').read();
      // Ranks are seen to by computeOutputShape and build.
      const cosine = cosines(present(embeddings, 'the embeddings') as tf.Tensor2D, centres as tf.Tensor2D);
      const labels = oneHot ? tf.argMax(oneHot, 1) : kwargs['labels'];
      const logits =
        labels instanceof tf.Tensor
          ? applyMargin(marginOf(this.config.margin), cosine, tf.cast(labels, 'int32') as tf.Tensor1D)
          : cosine;
      return tf.mul(logits, this.config.scale);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, scale, margin, seed } = this.config;
    return { ...super.getConfig(), units, scale, margin, ...(seed !== undefined && { seed }) };
  }
}
tf.serialization.registerClass(ArcFace);

function marginOf(margin: z.output<typeof marginSchema>): Margin {
  switch (margin.kind) {
    case 'arcface':
      return arcFace(radians(margin.m));
    case 'cosface':
      return cosFace(margin.m3);
    case 'sphereface':
      return sphereFace(margin.m1);
    case 'combined':
      return combined({ m1: margin.m1, m2: radians(margin.m2), m3: margin.m3 });
    case 'none':
      return noMargin;
    default:
      return unreachable(margin);
  }
}

/** Of the embeddings: the first input where labels are the second. */
function embeddingShape(shape: tfl.Shape | tfl.Shape[]): tfl.Shape {
  const first = shape[0];
  // A list of shapes, or one shape.
  const own = (Array.isArray(first) ? first : shape) as tfl.Shape;
  if (own.length === 2) return own;
  throw new ProblemError(
    `The ArcFace layer takes embeddings [batch, numbers], not something of shape [${own.join(', ')}].`,
    'Put a flatten or pooling layer in front of it.',
  );
}
