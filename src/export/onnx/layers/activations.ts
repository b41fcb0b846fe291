import { z } from 'zod';
import { float, type GraphBuilder, int, type Value } from '../graph.ts';
import { permute } from '../permute.ts';
import {
  axisOf,
  cannotWrite,
  inputOf,
  type LayerUse,
  type LayerWriter,
  settingsOf,
  weightOf,
} from './layer-use.ts';

type Activation = (value: Value, graph: GraphBuilder) => string;

const one =
  (op: string): Activation =>
  ({ name }, graph) =>
    graph.node(op, [name]);

/** Between two bounds. */
const clip = (name: string, low: number, high: number, graph: GraphBuilder): string =>
  graph.node('Clip', [name, graph.scalar('low', low), graph.scalar('high', high)]);

/** By the name that a layer's settings say, as TensorFlow.js defines them. */
const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ['linear', ({ name }) => name],
  ['relu', one('Relu')],
  ['relu6', ({ name }, graph) => clip(name, 0, 6, graph)],
  ['sigmoid', one('Sigmoid')],
  ['tanh', one('Tanh')],
  ['elu', one('Elu')],
  ['selu', one('Selu')],
  ['softplus', one('Softplus')],
  ['softsign', one('Softsign')],
  [
    'hardSigmoid',
    ({ name }, graph) => graph.node('HardSigmoid', [name], { alpha: float(0.2), beta: float(0.5) }),
  ],
  ['softmax', (value, graph) => graph.node('Softmax', [value.name], { axis: int(axisOf(value, -1)) })],
  ['swish', ({ name }, graph) => graph.node('Mul', [name, graph.node('Sigmoid', [name])])],
  [
    'mish',
    ({ name }, graph) => graph.node('Mul', [name, graph.node('Tanh', [graph.node('Softplus', [name])])]),
  ],
  [
    // x (1 + erf(x / sqrt 2)) / 2
    'gelu',
    ({ name }, graph) => {
      const scaled = graph.node('Mul', [name, graph.scalar('half_root', Math.SQRT1_2)]);
      const shifted = graph.node('Add', [graph.node('Erf', [scaled]), graph.scalar('one', 1)]);
      const halved = graph.node('Mul', [shifted, graph.scalar('half', 0.5)]);
      return graph.node('Mul', [name, halved]);
    },
  ],
]);

/** Writes the activation that a layer of another kind has. */
export function activated(use: LayerUse, activation: string, value: Value, graph: GraphBuilder): Value {
  const write = ACTIVATIONS.get(activation);
  if (!write) throw cannotWrite(use, `its activation "${activation.slice(0, 40)}" has no counterpart there`);
  return { name: write(value, graph), shape: value.shape };
}

const same = (use: LayerUse, name: string): Value => ({ name, shape: inputOf(use).shape });

export const writeActivation: LayerWriter = (use, graph) => {
  const { activation } = settingsOf(use, z.object({ activation: z.string() }));
  return activated(use, activation, inputOf(use), graph);
};

export const writeRelu: LayerWriter = (use, graph) => {
  const { maxValue } = settingsOf(use, z.object({ maxValue: z.number().nullish() }));
  const { name } = inputOf(use);
  const bounded = typeof maxValue === 'number';
  return same(use, bounded ? clip(name, 0, maxValue, graph) : graph.node('Relu', [name]));
};

const alpha = z.object({ alpha: z.number() });

export const writeLeakyRelu: LayerWriter = (use, graph) =>
  same(use, graph.node('LeakyRelu', [inputOf(use).name], { alpha: float(settingsOf(use, alpha).alpha) }));

export const writeElu: LayerWriter = (use, graph) =>
  same(use, graph.node('Elu', [inputOf(use).name], { alpha: float(settingsOf(use, alpha).alpha) }));

export const writeThresholdedRelu: LayerWriter = (use, graph) => {
  const { theta } = settingsOf(use, z.object({ theta: z.number() }));
  return same(use, graph.node('ThresholdedRelu', [inputOf(use).name], { alpha: float(theta) }));
};

/** One slope a channel, or one for each place too. */
export const writePrelu: LayerWriter = (use, graph) => {
  const { values, dims } = weightOf(use, 'alpha');
  // [H, W, C], where a 1 is shared, to [C, H, W]
  const slopes = dims.length === 3 ? permute(values, dims, [2, 0, 1]) : { values: values.slice(), dims };
  return same(
    use,
    graph.node('PRelu', [inputOf(use).name, graph.floats('slopes', slopes.values, slopes.dims)]),
  );
};

export const writeSoftmax: LayerWriter = (use, graph) => {
  const { axis } = settingsOf(use, z.object({ axis: z.number().nullish() }));
  const input = inputOf(use);
  return same(use, graph.node('Softmax', [input.name], { axis: int(axisOf(input, axis ?? -1)) }));
};
