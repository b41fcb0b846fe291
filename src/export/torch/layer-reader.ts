import type * as tf from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';

type Layer = layers.Layer;

/** A layer that is written down: its settings and weights, and what it is applied to. */
export class LayerReader {
  readonly config: Readonly<Record<string, unknown>>;
  readonly layer: Layer;
  readonly from: readonly SymbolicTensor[];
  private readonly to: SymbolicTensor;

  /**
   * @param from the tensors that it is applied to
   * @param to the tensor that it gives
   */
  constructor(layer: Layer, from: readonly SymbolicTensor[], to: SymbolicTensor) {
    this.layer = layer;
    this.from = from;
    this.to = to;
    this.config = layer.getConfig();
  }

  tensor(name: string, change: (value: tf.Tensor) => tf.Tensor = (value) => value): () => tf.Tensor {
    const weight = this.weight(name);
    return () => change(weight.read());
  }

  private found(name: string): Layer['weights'][number] | undefined {
    return this.layer.weights.find(({ originalName }) => originalName.split('/').at(-1) === name);
  }

  has(name: string): boolean {
    return this.found(name) !== undefined;
  }

  weight(name: string): Layer['weights'][number] {
    return present(this.found(name), `${name} of layer ${this.layer.name}`);
  }

  parsed<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.config);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    throw this.refused(`has settings (${where})`);
  }

  outputShape(): number[] {
    const shape = this.to.shape.slice(1);
    const known = z.array(z.int().min(1)).min(1).max(3).safeParse(shape);
    if (known.success && known.data.length !== 2) return known.data;
    throw this.refused(`gives the shape ${JSON.stringify(shape)}`);
  }

  lastAxisOnly(): void {
    const { axis = -1 } = this.config;
    const rank = this.from[0]?.shape.length ?? 0;
    if (axis === -1 || axis === rank - 1) return;
    throw this.refused(`works along axis ${JSON.stringify(axis)}`);
  }

  sameShapes(): void {
    const shapes = new Set(this.from.map(({ shape }) => shape.length));
    if (shapes.size > 1) throw this.refused('joins vectors and feature maps');
  }

  /** @param why completes "The layer ... " */
  refused(why: string): ProblemError {
    const { layer } = this;
    return new ProblemError(
      `The layer "${layer.name.slice(0, 80)}" (${layer.getClassName()}) ${why}, which cannot be written for PyTorch.`,
      'Choose another format, or a network without such a layer.',
    );
  }
}
