import { z } from 'zod';
import type { Dialect, Json } from '../dialect.ts';

const part = z.object({
  className: z.string(),
  config: z.record(
    z.string(),
    z.union([
      z.number(),
      z.string().max(40),
      z.boolean(),
      z.null(),
      z.undefined(),
      z.array(z.number()).max(8),
    ]),
  ),
});

/** Classes that both know, by their name in TensorFlow.js: that of Keras, and the arguments. */
const CLASSES: Readonly<
  Record<string, Readonly<Record<string, readonly [name: string, ...args: string[]]>>>
> = {
  initializers: {
    Zeros: ['Zeros'],
    Ones: ['Ones'],
    Constant: ['Constant', 'value'],
    RandomUniform: ['RandomUniform', 'minval', 'maxval', 'seed'],
    RandomNormal: ['RandomNormal', 'mean', 'stddev', 'seed'],
    TruncatedNormal: ['TruncatedNormal', 'mean', 'stddev', 'seed'],
    VarianceScaling: ['VarianceScaling', 'scale', 'mode', 'distribution', 'seed'],
    GlorotUniform: ['GlorotUniform', 'seed'],
    GlorotNormal: ['GlorotNormal', 'seed'],
    HeUniform: ['HeUniform', 'seed'],
    HeNormal: ['HeNormal', 'seed'],
    LeCunUniform: ['LecunUniform', 'seed'],
    LeCunNormal: ['LecunNormal', 'seed'],
    Identity: ['Identity', 'gain'],
    Orthogonal: ['Orthogonal', 'gain', 'seed'],
  },
  regularizers: { L1L2: ['L1L2', 'l1', 'l2'] },
  constraints: {
    MaxNorm: ['MaxNorm', 'maxValue', 'axis'],
    MinMaxNorm: ['MinMaxNorm', 'minValue', 'maxValue', 'rate', 'axis'],
    NonNeg: ['NonNeg'],
    UnitNorm: ['UnitNorm', 'axis'],
  },
};

const VALUES: Readonly<Record<string, string>> = {
  fanIn: 'fan_in',
  fanOut: 'fan_out',
  fanAvg: 'fan_avg',
  normal: 'truncated_normal', // what Keras, too, takes that word for
  truncatedNormal: 'truncated_normal',
};

/**
 * An initialiser, regulariser or constraint in Keras' words; undefined where it has none like it.
 *
 * @param value {className, config} of TensorFlow.js
 * @param module `initializers`, `regularizers` or `constraints`
 */
export function partConfig(value: unknown, module: string, dialect: Dialect): Json | undefined {
  const parsed = part.safeParse(value);
  if (!parsed.success) return undefined;
  const { className, config } = parsed.data;
  const classes = CLASSES[module];
  const known = classes && Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (!known) return undefined;
  const [name, ...args] = known;
  const entries = args.map((arg): [string, unknown] => {
    const given = config[arg] ?? null;
    const value = typeof given === 'string' && Object.hasOwn(VALUES, given) ? VALUES[given] : given;
    return [arg.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value];
  });
  const described = { class_name: name, config: Object.fromEntries(entries) };
  if (dialect === 'keras-2') return described;
  return { module: `keras.${module}`, ...described, registered_name: null };
}
