import { z } from 'zod';
import { present } from '../../../lib/assert.ts';
import { ProblemError } from '../../../lib/problem.ts';
import type { GraphBuilder, Value } from '../graph.ts';
import type { Weight, Weights } from '../weights.ts';

/** One use of a layer, with what is to be known of it. */
export interface LayerUse {
  readonly name: string;
  /** Its class, e.g. `Conv2D`. */
  readonly kind: string;
  /** What `layer.getConfig()` gives. */
  readonly config: unknown;
  readonly inputs: readonly Value[];
  readonly weights: Weights;
  /** As TensorFlow has it, without the batch. */
  readonly outputShape: readonly number[];
}

/** Writes a layer's nodes. @throws ProblemError where its settings have no counterpart */
export type LayerWriter = (use: LayerUse, graph: GraphBuilder) => Value;

export const inputOf = (use: LayerUse): Value => present(use.inputs[0], `the input of layer ${use.name}`);

export const weightOf = (use: LayerUse, name: string): Weight =>
  present(use.weights.get(name), `${name} of layer ${use.name}`);

/** @throws ProblemError where the settings are not such as can be written */
export function settingsOf<T>(use: LayerUse, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(use.config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw cannotWrite(
    use,
    `its setting ${issue?.path.map(String).join('.') || 'of the whole'} has no counterpart there`,
  );
}

export function cannotWrite({ name, kind }: Pick<LayerUse, 'name' | 'kind'>, why: string): ProblemError {
  return new ProblemError(
    `The network cannot be written as ONNX: its layer "${name.slice(0, 80)}" (${kind.slice(0, 40)}): ${why}.`,
    'Choose another format, or a network without that layer.',
  );
}

/** Two numbers along height and width. */
export const pair = z.tuple([z.number(), z.number()]);
export const channelsLast = z.literal('channelsLast').nullish();

/** Whether the graph holds a value as a picture, channels first. */
export const isPicture = ({ shape }: Value): boolean => shape.length === 3;

/** The name of a value whose axes are in TensorFlow's order: of a picture [B, H, W, C]. */
export function channelsLastOf(value: Value, graph: GraphBuilder): string {
  return isPicture(value)
    ? graph.node('Transpose', [value.name], { perm: { kind: 'ints', value: [0, 2, 3, 1] } })
    : value.name;
}

/** A value out of one whose axes are in TensorFlow's order. */
export function fromChannelsLast(name: string, shape: readonly number[], graph: GraphBuilder): Value {
  if (shape.length !== 3) return { name, shape };
  return {
    name: graph.node('Transpose', [name], { perm: { kind: 'ints', value: [0, 3, 1, 2] } }),
    shape,
  };
}

/** The axis of the graph for one of TensorFlow, which may count from the end; both count the batch as 0. */
export function axisOf(value: Value, axis: number): number {
  const positive = axis < 0 ? axis + value.shape.length + 1 : axis;
  if (!isPicture(value)) return positive;
  return positive === 0 ? 0 : positive === 3 ? 1 : positive + 1;
}
