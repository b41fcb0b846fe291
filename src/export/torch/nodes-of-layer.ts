import * as tf from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { present } from '../../lib/assert.ts';
import { ACTIVATIONS, type GraphNode, MERGES } from './graph.ts';
import { LayerReader } from './layer-reader.ts';

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
  const builder = new Builder(new LayerReader(layer, from, to), [...inputs], nameFor);
  builder.build();
  return builder;
}

class Builder implements NodesOfLayer {
  readonly nodes: GraphNode[] = [];
  readonly weights: TensorOfWeight[] = [];
  private readonly layer: Layer;
  private readonly read: LayerReader;
  private inputs: string[];
  private readonly nameFor: (layer: string) => string;

  constructor(read: LayerReader, inputs: string[], nameFor: (layer: string) => string) {
    this.read = read;
    this.layer = read.layer;
    this.inputs = inputs;
    this.nameFor = nameFor;
  }

  build(): void {
    const { layer } = this;
    if (this.read.config['dataFormat'] === 'channelsFirst') throw this.read.refused('has its channels first');
    const kind = layer.getClassName();
    switch (kind) {
      case 'Conv2D':
        this.convolution(
          this.read.tensor('kernel', (kernel) => tf.transpose(kernel, [3, 2, 0, 1])),
          1,
        );
        this.activation(this.read.config['activation']);
        break;
      case 'DepthwiseConv2D':
        this.depthwise(true);
        this.activation(this.read.config['activation']);
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
        const { alpha } = this.read.parsed(z.object({ alpha: z.number() }));
        this.push({ op: 'leaky-relu', ...this.node(), slope: alpha });
        break;
      }
      case 'ReLU': {
        const most = this.read.config['maxValue'];
        if (most != null && most !== 6) throw this.read.refused(`is cut at ${String(most)}`);
        this.activation(most === 6 ? 'relu6' : 'relu', layer.name);
        break;
      }
      case 'ELU':
        if (this.read.config['alpha'] !== 1)
          throw this.read.refused(`has the slope ${String(this.read.config['alpha'])}`);
        this.activation('elu', layer.name);
        break;
      case 'Softmax':
        this.read.lastAxisOnly();
        this.activation('softmax', layer.name);
        break;
      case 'Activation':
        this.activation(this.read.config['activation'], layer.name);
        break;
      case 'Concatenate':
        this.read.lastAxisOnly();
        this.push({ op: 'concatenate', ...this.node() });
        break;
      case 'MaxPooling2D':
      case 'AveragePooling2D': {
        const { poolSize: size, strides: stride, padding } = this.read.parsed(pool);
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
          ...sidesOf(this.read.parsed(z.object({ padding: sides })).padding),
        });
        break;
      case 'Cropping2D':
        this.push({
          op: 'crop',
          ...this.node(),
          ...sidesOf(this.read.parsed(z.object({ cropping: sides })).cropping),
        });
        break;
      case 'UpSampling2D': {
        const { size } = this.read.parsed(z.object({ size: pair, interpolation: z.literal('nearest') }));
        this.push({ op: 'upsample', ...this.node(), size });
        break;
      }
      case 'Flatten':
      case 'Reshape':
        this.push({ op: 'reshape', ...this.node(), shape: this.read.outputShape() });
        break;
      case 'Dropout': {
        const { rate, noiseShape } = this.read.parsed(
          z.object({ rate: z.number(), noiseShape: z.unknown().optional() }),
        );
        if (noiseShape != null) throw this.read.refused('drops whole channels');
        this.push({ op: 'dropout', ...this.node(), rate });
        break;
      }
      case 'Rescaling': {
        const { scale, offset } = this.read.parsed(z.object({ scale: z.number(), offset: z.number() }));
        this.push({ op: 'rescale', ...this.node(), scale, offset });
        break;
      }
      default: {
        const how = MERGES.find((name) => name === kind.toLowerCase());
        if (how === undefined) throw this.read.refused('is of a kind that is not known here');
        this.read.sameShapes();
        this.push({ op: 'merge', ...this.node(), how });
        break;
      }
    }
  }

  private convolution(weight: TensorOfWeight['values'], groups: number, bias = this.read.has('bias')): void {
    const { strides: stride, dilationRate: dilation, padding } = this.read.parsed(convolution);
    const node = this.node();
    this.give(node.name, 'weight', groups === 1 ? 'kernel' : 'depthwise_kernel', weight);
    if (bias) this.give(node.name, 'bias', 'bias', this.read.tensor('bias'));
    this.push({ op: 'conv', ...node, stride, dilation, padding, groups, bias });
  }

  /** [h, w, C, m] -> [C m, 1, h, w]: output c m + j is filter j of channel c in both. */
  private depthwise(bias: boolean): void {
    const channels = present(
      this.read.weight('depthwise_kernel').read().shape[2],
      'the channels of a kernel',
    );
    const weight = this.read.tensor('depthwise_kernel', (kernel) => {
      const [h = 1, w = 1, c = 1, m = 1] = kernel.shape;
      return tf.reshape(tf.transpose(kernel, [2, 3, 0, 1]), [c * m, 1, h, w]);
    });
    this.convolution(weight, channels, bias && this.read.has('bias'));
  }

  /** A depthwise convolution, and one of 1 x 1 behind it. */
  private separable(): void {
    this.depthwise(false);
    const node = this.node(`${this.layer.name}_pointwise`);
    this.give(
      node.name,
      'weight',
      'pointwise_kernel',
      this.read.tensor('pointwise_kernel', (kernel) => tf.transpose(kernel, [3, 2, 0, 1])),
    );
    const bias = this.read.has('bias');
    if (bias) this.give(node.name, 'bias', 'bias', this.read.tensor('bias'));
    this.push({ op: 'conv', ...node, stride: [1, 1], dilation: [1, 1], padding: 'valid', groups: 1, bias });
    this.activation(this.read.config['activation']);
  }

  private dense(): void {
    const rank = this.read.from[0]?.shape.length;
    if (rank !== 2 && rank !== 4) throw this.read.refused(`takes ${rank} axes`);
    const node = this.node();
    const bias = this.read.has('bias');
    this.give(
      node.name,
      'weight',
      'kernel',
      this.read.tensor('kernel', (kernel) => tf.transpose(kernel)),
    );
    if (bias) this.give(node.name, 'bias', 'bias', this.read.tensor('bias'));
    this.push({ op: 'dense', ...node, bias });
    this.activation(this.read.config['activation']);
  }

  private norm(): void {
    const { epsilon, momentum } = this.read.parsed(z.object({ epsilon: z.number(), momentum: z.number() }));
    this.read.lastAxisOnly();
    const node = this.node();
    const { shape } = this.read.weight('moving_mean').read();
    for (const [name, weight, instead] of [
      ['weight', 'gamma', () => tf.ones(shape)],
      ['bias', 'beta', () => tf.zeros(shape)],
      ['running_mean', 'moving_mean', () => tf.zeros(shape)],
      ['running_var', 'moving_variance', () => tf.ones(shape)],
    ] as const) {
      const there = this.read.has(weight);
      this.give(node.name, name, there ? weight : null, there ? this.read.tensor(weight) : instead);
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
      this.read.tensor('alpha', (slopes) => (slopes.rank === 3 ? tf.transpose(slopes, [2, 0, 1]) : slopes)),
    );
    this.push({ op: 'prelu', ...node });
  }

  /** @param name of the layer, where the activation is one of its own */
  private activation(value: unknown, name = `${this.layer.name}_activation`): void {
    if (value === 'linear' || value == null) return;
    const known = ACTIVATIONS.find((activation) => activation === value);
    if (known === undefined) throw this.read.refused(`has the activation "${String(value).slice(0, 40)}"`);
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
      weight: weight === null ? null : this.read.weight(weight).originalName,
      values,
    });
  }
}

const sidesOf = ([[top, bottom], [left, right]]: z.infer<typeof sides>) => ({ top, bottom, left, right });
