import { z } from 'zod';

const embeddingSize = z.int().min(2).max(512);
/** The sizes to which aligned faces (112) are brought by averaging areas. */
const anySize = z.union([z.literal(32), z.literal(48), z.literal(64), z.literal(112)]);
/** Share of the features in front of the embedding layer that a training step does without. */
const dropout = z.number().min(0).max(0.9);

/** The network that turns a face into an embedding, and what of it learns. Sizes are pixels. */
export const backboneSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    /** MobileFaceNet, pretrained. */
    kind: z.literal('pretrained-mobilefacenet'),
    /** What of it learns: its last layer (512 -> 192) on cached features, its last blocks, or all. */
    trained: z.enum(['embedding', 'last-blocks', 'all']).default('embedding'),
  }),
  /** MobileFaceNet (Chen et al., arXiv 1804.07573), random initialisation. */
  z.strictObject({
    kind: z.literal('mobilefacenet'),
    inputSize: z.literal(112),
    embeddingSize,
    /** Of the channels between its blocks; 2 is insightface's `mbf`. Files from before this setting lack it. */
    width: z.union([z.literal(1), z.literal(2)]).default(1),
  }),
  /** The residual networks of ArcFace's own paper, as in insightface's arcface_torch; random initialisation. */
  z.strictObject({
    kind: z.enum(['iresnet-18', 'iresnet-50']),
    inputSize: z.literal(112),
    embeddingSize,
    dropout,
  }),
  /** Pairs of 3x3 convolutions and max-pooling, as in keras-arcface. */
  z.strictObject({ kind: z.literal('vgg8'), inputSize: anySize, embeddingSize, dropout }),
  /** A few 3x3 convolutions; for small pictures and slow machines. */
  z.strictObject({
    kind: z.literal('small-cnn'),
    inputSize: anySize,
    embeddingSize,
  }),
]);

export type BackboneConfig = z.infer<typeof backboneSchema>;
