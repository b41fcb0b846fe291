import { z } from 'zod';
import { PIXEL_RANGES, type PixelRange, pixelRangeName, STANDARD_RANGE } from './pixel-range.ts';

const embeddingSize = z.int().min(2).max(512);
/** Edge in pixels to which aligned faces (112) are brought by averaging areas, for networks that are made here. */
const inputSize = z.union([z.literal(32), z.literal(48), z.literal(64), z.literal(112)]);
/** Share of the features in front of the embedding layer that a training step does without. */
const dropout = z.number().min(0).max(0.9);

/** Edges in pixels of the pictures that an own network may take. */
export const OWN_INPUT = { min: 16, max: 512 } as const;

/** What of a pretrained network learns: its embedding layer on cached features, its last blocks, or all. */
const trained = z.enum(['embedding', 'last-blocks', 'all']).default('embedding');

/** The network that turns a face into an embedding, and what of it learns. Sizes are pixels. */
export const backboneSchema = z.discriminatedUnion('kind', [
  /** MobileFaceNet, pretrained, 112x112 -> 512 features -> 192. */
  z.strictObject({ kind: z.literal('pretrained-mobilefacenet'), trained }),
  /** dlib's ResNet, pretrained, 150x150 -> 256 features -> 128. */
  z.strictObject({ kind: z.literal('pretrained-dlib'), trained }),
  /** A TensorFlow.js Layers model that the person gives; the preset says whether its weights are kept. */
  z.strictObject({
    kind: z.literal('own'),
    inputSize: z.int().min(OWN_INPUT.min).max(OWN_INPUT.max),
    range: pixelRangeName,
    /** Name of the last layer that does not learn; null: all learn. */
    frozenUpTo: z.string().max(1000).nullable().default(null),
    /** Whether the classification layer at the end is taken off. */
    cutSoftmax: z.boolean().default(false),
  }),
  /** MobileFaceNet (Chen et al., arXiv 1804.07573), random initialisation. */
  z.strictObject({
    kind: z.literal('mobilefacenet'),
    inputSize,
    embeddingSize,
    /** Of the channels between its blocks; 2 is insightface's `mbf`. Files from before this setting lack it. */
    width: z.union([z.literal(1), z.literal(2)]).default(1),
  }),
  /** The residual networks of ArcFace's own paper, as in insightface's arcface_torch; random initialisation. */
  z.strictObject({
    kind: z.enum(['iresnet-18', 'iresnet-50']),
    inputSize,
    embeddingSize,
    dropout,
  }),
  /** Pairs of 3x3 convolutions and max-pooling, as in keras-arcface. */
  z.strictObject({ kind: z.literal('vgg8'), inputSize, embeddingSize, dropout }),
  /** A few 3x3 convolutions; for small pictures and slow machines. */
  z.strictObject({
    kind: z.literal('small-cnn'),
    inputSize,
    embeddingSize,
  }),
]);

export type BackboneConfig = z.infer<typeof backboneSchema>;
export type OwnBackbone = Extract<BackboneConfig, { kind: 'own' }>;
/** Those that come with the program and have learned from many faces. */
export type PretrainedBackbone = Extract<
  BackboneConfig,
  { kind: 'pretrained-mobilefacenet' | 'pretrained-dlib' }
>;
/** Those whose architecture is made here, with random weights. */
export type MadeBackbone = Exclude<BackboneConfig, PretrainedBackbone | OwnBackbone>;

/** Whether a network comes with the program, pretrained. */
export const isPretrained = (backbone: BackboneConfig): backbone is PretrainedBackbone =>
  backbone.kind === 'pretrained-mobilefacenet' || backbone.kind === 'pretrained-dlib';

/** Whether a network is made here, with random weights. */
export const isMade = (backbone: BackboneConfig): backbone is MadeBackbone =>
  backbone.kind !== 'own' && !isPretrained(backbone);

/** How bytes become the input of a network. */
export const rangeOf = (backbone: BackboneConfig): PixelRange =>
  backbone.kind === 'own' ? PIXEL_RANGES[backbone.range] : STANDARD_RANGE;
