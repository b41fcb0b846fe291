import { z } from 'zod';
import { type GraphBuilder, int, type Value } from '../graph.ts';
import {
  axisOf,
  cannotWrite,
  inputOf,
  isPicture,
  type LayerUse,
  type LayerWriter,
  settingsOf,
} from './layer-use.ts';

/**
 * The inputs with as many axes each, as TensorFlow.js makes them: a vector beside pictures is a picture of one pixel.
 */
function alike(use: LayerUse, graph: GraphBuilder): string[] {
  const pictures = use.inputs.some(isPicture);
  const { length } = inputOf(use).shape;
  return use.inputs.map((input) => {
    const { name, shape } = input;
    if (pictures ? isPicture(input) : shape.length === length) return name;
    if (!pictures || shape.length !== 1) throw cannotWrite(use, 'its inputs have different numbers of axes');
    return graph.node('Reshape', [name, graph.wholes('shape', [0, shape[0] ?? 0, 1, 1])]);
  });
}

/** Two at a time. */
const chained = (op: string, names: readonly string[], graph: GraphBuilder): string =>
  names.reduce((sum, name) => graph.node(op, [sum, name]));

export const merging =
  (op: 'Add' | 'Mul'): LayerWriter =>
  (use, graph) => ({ name: chained(op, alike(use, graph), graph), shape: use.outputShape });

export const extreme =
  (op: 'Max' | 'Min'): LayerWriter =>
  (use, graph) => ({ name: graph.node(op, alike(use, graph)), shape: use.outputShape });

export const writeAverage: LayerWriter = (use, graph) => {
  const sum = chained('Add', alike(use, graph), graph);
  const share = graph.scalar('share', 1 / use.inputs.length);
  return { name: graph.node('Mul', [sum, share]), shape: use.outputShape };
};

export const writeConcatenate: LayerWriter = (use, graph) => {
  const { axis } = settingsOf(use, z.object({ axis: z.number() }));
  const along = axisOf(inputOf(use), axis);
  if (along === 0) throw cannotWrite(use, 'it joins different pictures');
  const names = use.inputs.map((input: Value) => input.name);
  return { name: graph.node('Concat', names, { axis: int(along) }), shape: use.outputShape };
};
