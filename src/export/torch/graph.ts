import { z } from 'zod';

/**
 * A network as the list of what is computed, one node after another: `graph` in the config.json of a PyTorch folder, read
 * by model.py there and by run-graph.ts here.
 *
 * A feature map is [B, C, H, W] in PyTorch and [B, H, W, C] in TensorFlow.js; sizes below are of height and width, so that
 * they hold for both. Vectors that were feature maps are in the order H, W, C in both. The weights of a node are the tensors
 * `<name>.weight`, `<name>.bias`, ..., in PyTorch's layout: convolutions [out, in / groups, h, w], dense layers [out, in].
 */

const edge = z.int().min(1).max(1024);
const pair = z.tuple([edge, edge]);
const padding = z.enum(['same', 'valid']);
const amount = z.int().min(0).max(1024);
/** Pixels at each side. */
const sides = { top: amount, bottom: amount, left: amount, right: amount };
/** Becomes the name of a module and of tensors: letters, digits, '_'. */
const name = z.string().regex(/^\w{1,120}$/);
const node = { name, inputs: z.array(name).min(1).max(64) };

export const ACTIVATIONS = [
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'softplus',
  'softsign',
  'tanh',
  'swish',
  'softmax',
] as const;
export const MERGES = ['add', 'multiply', 'average', 'maximum', 'minimum'] as const;

const nodeSchema = z.discriminatedUnion('op', [
  /** weight [out, in / groups, h, w], bias [out]; `same` pads as TensorFlow does, more at the bottom and the right. */
  z.strictObject({
    op: z.literal('conv'),
    ...node,
    stride: pair,
    dilation: pair,
    padding,
    groups: z.int().min(1).max(65_536),
    bias: z.boolean(),
  }),
  /** weight [out, in], bias [out]; of a feature map, for each pixel. */
  z.strictObject({ op: z.literal('dense'), ...node, bias: z.boolean() }),
  /** weight, bias, running_mean, running_var [C]; average <- (1 - momentum) average + momentum batch's. */
  z.strictObject({ op: z.literal('norm'), ...node, epsilon: z.number(), momentum: z.number() }),
  /** weight [C, 1, 1], [C, H, W] or [C]: x where x > 0, weight x elsewhere. */
  z.strictObject({ op: z.literal('prelu'), ...node }),
  z.strictObject({ op: z.literal('leaky-relu'), ...node, slope: z.number() }),
  z.strictObject({ op: z.literal('activation'), ...node, function: z.enum(ACTIVATIONS) }),
  z.strictObject({ op: z.literal('merge'), ...node, how: z.enum(MERGES) }),
  /** Along the channels. */
  z.strictObject({ op: z.literal('concatenate'), ...node }),
  z.strictObject({
    op: z.literal('pool'),
    ...node,
    how: z.enum(['max', 'average']),
    size: pair,
    stride: pair,
    padding,
  }),
  z.strictObject({ op: z.literal('global-pool'), ...node, how: z.enum(['max', 'average']) }),
  z.strictObject({ op: z.literal('pad'), ...node, ...sides }),
  z.strictObject({ op: z.literal('crop'), ...node, ...sides }),
  /** Each pixel repeated. */
  z.strictObject({ op: z.literal('upsample'), ...node, size: pair }),
  /** To [B, ...], in the order H, W, C on both sides; one number for a vector, three for a feature map H, W, C. */
  z.strictObject({ op: z.literal('reshape'), ...node, shape: z.array(z.int().min(1)).min(1).max(3) }),
  z.strictObject({ op: z.literal('dropout'), ...node, rate: z.number().min(0).max(1) }),
  z.strictObject({ op: z.literal('rescale'), ...node, scale: z.number(), offset: z.number() }),
]);
export type GraphNode = z.infer<typeof nodeSchema>;

export const graphSchema = z.strictObject({
  /** Name of the input, [B, C, S, S]. */
  input: name,
  /** Each behind those that it depends on. */
  nodes: z.array(nodeSchema).max(10_000),
  /** Name of the node that gives the embedding, [B, D]. */
  output: name,
});
export type Graph = z.infer<typeof graphSchema>;
