import { z } from 'zod';
import { type Fields, type ShapeOf, shapeOf } from '../../lib/field.ts';
import type { PresetName } from '../../lib/preset-name.ts';

type Schema<K extends string, F extends Fields> = z.ZodObject<
  { readonly kind: z.ZodLiteral<K> } & ShapeOf<F>,
  z.core.$strict
>;

/** `made`: random weights; `pretrained`: comes with the program; `custom`: the person's own model. */
export type Origin = 'made' | 'pretrained' | 'custom';

/** One way in which the page offers a backbone. */
export interface BackboneChoice<V> {
  readonly value: V;
  /** One line on what it is good for, shown while it is chosen. */
  readonly about: string;
  /** Presets that offer it; left out: all. */
  readonly presets?: readonly PresetName[];
  /** Learning rate that comes with it, where the preset's would be too large. */
  readonly learningRate?: number;
}

/** What is known of a backbone without a tensor: one file a backbone, `meta.ts` in its folder. */
export interface BackboneMeta<
  K extends string = string,
  F extends Fields = Fields,
  O extends Origin = Origin,
> {
  /** Its name in configurations and files. */
  readonly kind: K;
  readonly label: string;
  readonly source: string;
  /** Of the weights that it comes with, in one sentence; left out where there are none. */
  readonly licence?: string;
  readonly origin: O;
  /** At the settings that it is offered with; null where that is not known. Backbones are listed from small to large. */
  readonly parameters: number | null;
  /** Multiplications for one image, at the first choice; left out where that is not known: no time can be estimated then. */
  readonly multiplications?: number;
  /** What its embeddings were trained to be compared by; networks that are made here: angles. */
  readonly metric: 'angle' | 'distance';
  readonly fields: F;
  readonly schema: Schema<K, F>;
  readonly choices: readonly BackboneChoice<z.output<Schema<K, F>>>[];
  /** Edge in pixels of the images that it takes. */
  inputSize(config: z.output<Schema<K, F>>): number;
}

/** The configuration that a backbone's schema gives. */
export type ConfigOf<M extends BackboneMeta> = z.output<M['schema']>;

interface Description<K extends string, F extends Fields, O extends Origin>
  extends Pick<
    BackboneMeta<K, F, O>,
    | 'kind'
    | 'label'
    | 'source'
    | 'licence'
    | 'origin'
    | 'parameters'
    | 'multiplications'
    | 'fields'
    | 'inputSize'
  > {
  readonly metric?: 'distance';
  readonly choices: readonly BackboneChoice<Omit<z.output<Schema<K, F>>, 'kind'>>[];
}

export function describeBackbone<const K extends string, F extends Fields, const O extends Origin>(
  backbone: Description<K, F, O>,
): BackboneMeta<K, F, O> {
  const { kind, fields, choices } = backbone;
  const schema = z.strictObject({ kind: z.literal(kind), ...shapeOf(fields) });
  return {
    metric: 'angle',
    ...backbone,
    schema,
    choices: choices.map((choice) => ({ ...choice, value: schema.parse({ kind, ...choice.value }) })),
  };
}
