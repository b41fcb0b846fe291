import { z } from 'zod';
import type { PresetName } from './preset-name.ts';

/**
 * One setting of a margin or a backbone: what is allowed, and how the page offers it. The limits are written once: the
 * schema is made of them.
 */
export interface Described {
  readonly label: string;
  /** Shown behind the value; empty for plain numbers. */
  readonly unit: string;
  /** One line that says what it does to who does not know the term. */
  readonly explanation: string;
  /** Presets that have this setting; left out: all. */
  readonly presets?: readonly PresetName[];
  /** The field takes a row of its own. */
  readonly wide?: true;
  /** Above 0 it draws random numbers in every step: a trace, which other programs repeat, sets it to 0. */
  readonly random?: true;
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** By which the page's buttons change it. */
  readonly step: number;
}

export interface FieldChoice<V extends string | number> {
  readonly label: string;
  readonly value: V;
}

/** How the page asks for it. `layer` chooses among the layers of a custom model, known once there is one. */
export type FieldInput =
  | ({ readonly kind: 'integer' | 'number' } & Range)
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly choices: readonly FieldChoice<string | number>[] }
  | { readonly kind: 'layer' };

export type Field<S extends z.ZodType = z.ZodType> = Described & FieldInput & { readonly schema: S };

/** By their names in the configuration. */
export type Fields = Readonly<Record<string, Field>>;

/** The shape of a strict zod object with these fields. */
export type ShapeOf<F extends Fields> = { readonly [N in keyof F]: F[N]['schema'] };

/** The schemas of fields, by name. */
export function shapeOf<F extends Fields>(fields: F): ShapeOf<F> {
  // Object.fromEntries forgets which name has which schema.
  return Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])) as ShapeOf<F>;
}

export const numberField = (field: Described & Range): Field<z.ZodNumber> => ({
  ...field,
  kind: 'number',
  schema: z.number().min(field.min).max(field.max),
});

export const integerField = (field: Described & Range): Field<z.ZodNumber> => ({
  ...field,
  kind: 'integer',
  schema: z.int().min(field.min).max(field.max),
});

/** @param field off in files that do not have it */
export const switchField = (field: Described): Field<z.ZodDefault<z.ZodBoolean>> => ({
  ...field,
  kind: 'switch',
  schema: z.boolean().default(false),
});

export const choiceField = <const V extends string | number>(
  field: Described & { readonly choices: readonly FieldChoice<V>[] },
): Field<z.ZodLiteral<V>> => ({
  ...field,
  kind: 'choice',
  schema: z.literal(field.choices.map(({ value }) => value)),
});

/** The same field for files from before it was there: they have this value. */
export const withDefault = <S extends z.ZodType>(
  field: Field<S>,
  value: z.output<S>,
): Field<z.ZodDefault<S>> => ({ ...field, schema: field.schema.default(value as never) });
