import * as tf from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { ACTIVATIONS, type GraphNode, MERGES } from './graph.ts';

type Layer = layers.Layer;

/** One tensor of the file, and where its numbers come from. */
export interface TensorOfWeight {
  readonly name: string;
  /** Name of the weight in the network; null where a layer goes without and PyTorch needs it. */
  readonly weight: string | null;
  /** In PyTorch's layout; called inside of tf.tidy. */
  values(): tf.Tensor;
}

export interface NodesOfLayer {
  /** The last one gives the output of the layer; none where it passes on its input. */
  readonly nodes: readonly GraphNode[];
  readonly weights: readonly TensorOfWeight[];
}

const pair = z
  .union([z.number(), z.tuple([z.number()]), z.tuple([z.number(), z.number()])])
  .transform((value): [number, number] =>
    typeof value === 'number' ? [value, value] : [value[0], value[1] ?? value[0]],
  );
const sides = z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])]);
const padding = z.enum(['same', 'valid']);
const convolution = z.object({ strides: pair, dilationRate: pair, padding });
const pool = z.object({ poolSize: pair, strides: pair, padding });
const REMEDY = 'Choose another format, or a network without such a layer.';

/**
 * What a layer computes, as nodes.
 *
 * @param from the tensors that it is applied to
 * @param to the tensor that it gives
 * @param inputs the names of the nodes that give them
 * @param nameFor makes the name of a node
 * @throws ProblemError naming a layer that cannot be written
 */
export function nodesOfLayer(
  layer: Layer,
  { from, to }: { readonly from: readonly SymbolicTensor[]; readonly to: SymbolicTensor },
  inputs: readonly string[],
  nameFor: (layer: string) => string,
): NodesOfLayer {
  const builder = new Builder(layer, from, to, [...inputs], nameFor);
  builder.build();
  return builder;
}

class Builder implements NodesOfLayer {
  readonly nodes: GraphNode[] = [];
  readonly weights: TensorOfWeight[] = [];
  private readonly config: Readonly<Record<string, unknown>>;
  private readonly layer: Layer;
  private readonly from: readonly SymbolicTensor[];
  private readonly to: SymbolicTensor;
  private inputs: string[];
  private readonly nameFor: (layer: string) => string;

  constructor(
    layer: Layer,
    from: readonly SymbolicTensor[],
    to: SymbolicTensor,
    inputs: string[],
    nameFor: (layer: string) => string,
  ) {
    this.layer = layer;
    this.from = from;
    this.to = to;
    this.inputs = inputs;
    this.nameFor = nameFor;
    this.config = layer.getConfig();
  }

  build(): void {
    const { layer } = this;
    if (this.config['dataFormat'] === 'channelsFirst') throw this.refused('has its channels first');
    const kind = layer.getClassName();
    switch (kind) {
      case 'Conv2D':
        this.convolution(
          this.tensor('kernel', (kernel) => tf.transpose(kernel, [3, 2, 0, 1])),
          1,
        );
        this.activation(this.config['activation']);
        break;
      case 'DepthwiseConv2D':
        this.depthwise(true);
        this.activation(this.config['activation']);
        break;
      case 'SeparableConv2D':
        this.separable();
        break;
      case 'Dense':
        this.dense();
        break;
      case 'BatchNormalization':
        this.norm();
        break;
      case 'PReLU':
        this.prelu();
        break;
      case 'LeakyReLU': {
        const { alpha } = this.parsed(z.object({ alpha: z.number() }));
        this.push({ op: 'leaky-relu', ...this.node(), slope: alpha });
        break;
      }
      case 'ReLU': {
        const most = this.config['maxValue'];
        if (most != null && most !== 6) throw this.refused(`is cut at ${String(most)}`);
        this.activation(most === 6 ? 'relu6' : 'relu', layer.name);
        break;
      }
      case 'ELU':
        if (this.config['alpha'] !== 1) throw this.refused(`has the slope ${String(this.config['alpha'])}`);
        this.activation('elu', layer.name);
        break;
      case 'Softmax':
        this.lastAxisOnly();
        this.activation('softmax', layer.name);
        break;
      case 'Activation':
        this.activation(this.config['activation'], layer.name);
        break;
      case 'Concatenate':
        this.lastAxisOnly();
        this.push({ op: 'concatenate', ...this.node() });
        break;
      case 'MaxPooling2D':
      case 'AveragePooling2D': {
        const { poolSize: size, strides: stride, padding } = this.parsed(pool);
        const how = kind === 'MaxPooling2D' ? 'max' : 'average';
        this.push({ op: 'pool', ...this.node(), how, size, stride, padding });
        break;
      }
      case 'GlobalAveragePooling2D':
      case 'GlobalMaxPooling2D':
        this.push({
          op: 'global-pool',
          ...this.node(),
          how: kind === 'GlobalMaxPooling2D' ? 'max' : 'average',
        });
        break;
      case 'ZeroPadding2D':
        this.push({
          op: 'pad',
          ...this.node(),
          ...sidesOf(this.parsed(z.object({ padding: sides })).padding),
        });
        break;
      case 'Cropping2D':
        this.push({
          op: 'crop',
          ...this.node(),
          ...sidesOf(this.parsed(z.object({ cropping: sides })).cropping),
        });
        break;
      case 'UpSampling2D': {
        const { size } = this.parsed(z.object({ size: pair, interpolation: z.literal('nearest') }));
        this.push({ op: 'upsample', ...this.node(), size });
        break;
      }
      case 'Flatten':
      case 'Reshape':
        this.push({ op: 'reshape', ...this.node(), shape: this.outputShape() });
        break;
      case 'Dropout': {
        const { rate, noiseShape } = this.parsed(
          z.object({ rate: z.number(), noiseShape: z.unknown().optional() }),
        );
        if (noiseShape != null) throw this.refused('drops whole channels');
        this.push({ op: 'dropout', ...this.node(), rate });
        break;
      }
      case 'Rescaling': {
        const { scale, offset } = this.parsed(z.object({ scale: z.number(), offset: z.number() }));
        this.push({ op: 'rescale', ...this.node(), scale, offset });
        break;
      }
      default: {
        const how = MERGES.find((name) => name === kind.toLowerCase());
        if (how === undefined) throw this.refused('is of a kind');
        this.sameShapes();
        this.push({ op: 'merge', ...this.node(), how });
        break;
      }
    }
  }

  private convolution(weight: TensorOfWeight['values'], groups: number, bias = this.has('bias')): void {
    const { strides: stride, dilationRate: dilation, padding } = this.parsed(convolution);
    const node = this.node();
    this.give(node.name, 'weight', groups === 1 ? 'kernel' : 'depthwise_kernel', weight);
    if (bias) this.give(node.name, 'bias', 'bias', this.tensor('bias'));
    this.push({ op: 'conv', ...node, stride, dilation, padding, groups, bias });
  }

  /** [h, w, C, m] -> [C m, 1, h, w]: output c m + j is filter j of channel c in both. */
  private depthwise(bias: boolean): void {
    const channels = present(this.weight('depthwise_kernel').read().shape[2], 'the channels of a kernel');
    const weight = this.tensor('depthwise_kernel', (kernel) => {
      const [h = 1, w = 1, c = 1, m = 1] = kernel.shape;
      return tf.reshape(tf.transpose(kernel, [2, 3, 0, 1]), [c * m, 1, h, w]);
    });
    this.convolution(weight, channels, bias && this.has('bias'));
  }

  /** A depthwise convolution, and one of 1 x 1 behind it. */
  private separable(): void {
    this.depthwise(false);
    const node = this.node(`${this.layer.name}_pointwise`);
    this.give(
      node.name,
      'weight',
      'pointwise_kernel',
      this.tensor('pointwise_kernel', (kernel) => tf.transpose(kernel, [3, 2, 0, 1])),
    );
    const bias = this.has('bias');
    if (bias) this.give(node.name, 'bias', 'bias', this.tensor('bias'));
    this.push({ op: 'conv', ...node, stride: [1, 1], dilation: [1, 1], padding: 'valid', groups: 1, bias });
    this.activation(this.config['activation']);
  }

  private dense(): void {
    const rank = this.from[0]?.shape.length;
    if (rank !== 2 && rank !== 4) throw this.refused(`takes ${rank} axes`);
    const node = this.node();
    const bias = this.has('bias');
    this.give(
      node.name,
      'weight',
      'kernel',
      this.tensor('kernel', (kernel) => tf.transpose(kernel)),
    );
    if (bias) this.give(node.name, 'bias', 'bias', this.tensor('bias'));
    this.push({ op: 'dense', ...node, bias });
    this.activation(this.config['activation']);
  }

  private norm(): void {
    const { epsilon, momentum } = this.parsed(z.object({ epsilon: z.number(), momentum: z.number() }));
    this.lastAxisOnly();
    const node = this.node();
    const { shape } = this.weight('moving_mean').read();
    for (const [name, weight, instead] of [
      ['weight', 'gamma', () => tf.ones(shape)],
      ['bias', 'beta', () => tf.zeros(shape)],
      ['running_mean', 'moving_mean', () => tf.zeros(shape)],
      ['running_var', 'moving_variance', () => tf.ones(shape)],
    ] as const) {
      const there = this.has(weight);
      this.give(node.name, name, there ? weight : null, there ? this.tensor(weight) : instead);
    }
    // Theirs says how much of the old average stays, PyTorch's how much of the batch's comes in.
    this.push({ op: 'norm', ...node, epsilon, momentum: 1 - momentum });
  }

  private prelu(): void {
    const node = this.node();
    this.give(
      node.name,
      'weight',
      'alpha',
      this.tensor('alpha', (slopes) => (slopes.rank === 3 ? tf.transpose(slopes, [2, 0, 1]) : slopes)),
    );
    this.push({ op: 'prelu', ...node });
  }

  /** @param name of the layer, where the activation is one of its own */
  private activation(value: unknown, name = `${this.layer.name}_activation`): void {
    if (value === 'linear' || value == null) return;
    const known = ACTIVATIONS.find((activation) => activation === value);
    if (known === undefined) throw this.refused(`has the activation "${String(value).slice(0, 40)}"`);
    this.push({ op: 'activation', ...this.node(name), function: known });
  }

  private node(name = this.layer.name): { name: string; inputs: string[] } {
    return { name: this.nameFor(name), inputs: this.inputs };
  }

  /** What comes next takes this node's output. */
  private push(node: GraphNode): void {
    this.nodes.push(node);
    this.inputs = [node.name];
  }

  private give(node: string, tensor: string, weight: string | null, values: TensorOfWeight['values']): void {
    this.weights.push({
      name: `${node}.${tensor}`,
      weight: weight === null ? null : this.weight(weight).originalName,
      values,
    });
  }

  private tensor(name: string, change: (value: tf.Tensor) => tf.Tensor = (value) => value): () => tf.Tensor {
    const weight = this.weight(name);
    return () => change(weight.read());
  }

  private found(name: string): Layer['weights'][number] | undefined {
    return this.layer.weights.find(({ originalName }) => originalName.split('/').at(-1) === name);
  }

  private has(name: string): boolean {
    return this.found(name) !== undefined;
  }

  private weight(name: string): Layer['weights'][number] {
    return present(this.found(name), `${name} of layer ${this.layer.name}`);
  }

  private parsed<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.config);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    throw this.refused(`has settings (${where})`);
  }

  private outputShape(): number[] {
    const shape = this.to.shape.slice(1);
    const known = z.array(z.int().min(1)).min(1).max(3).safeParse(shape);
    if (known.success && known.data.length !== 2) return known.data;
    throw this.refused(`gives the shape ${JSON.stringify(shape)}`);
  }

  private lastAxisOnly(): void {
    const { axis = -1 } = this.config;
    const rank = this.from[0]?.shape.length ?? 0;
    if (axis === -1 || axis === rank - 1) return;
    throw this.refused(`works along axis ${JSON.stringify(axis)}`);
  }

  private sameShapes(): void {
    const shapes = new Set(this.from.map(({ shape }) => shape.length));
    if (shapes.size > 1) throw this.refused('joins vectors and feature maps');
  }

  /** @param why completes "The layer ... " */
  private refused(why: string): ProblemError {
    const { layer } = this;
    return new ProblemError(
      `The layer "${layer.name.slice(0, 80)}" (${layer.getClassName()}) ${why} that cannot be written for PyTorch.`,
      REMEDY,
    );
  }
}

const sidesOf = ([[top, bottom], [left, right]]: z.infer<typeof sides>) => ({ top, bottom, left, right });
