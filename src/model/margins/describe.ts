import { z } from 'zod';
import { type Fields, type ShapeOf, shapeOf } from '../../lib/field.ts';

type Schema<K extends string, F extends Fields> = z.ZodObject<
  { readonly kind: z.ZodLiteral<K> } & ShapeOf<F>,
  z.core.$strict
>;

/** What is known of a margin without a tensor: one file a margin, `meta.ts` in its folder. */
export interface MarginMeta<K extends string = string, F extends Fields = Fields> {
  /** Its name in configurations and files. */
  readonly kind: K;
  readonly label: string;
  /** One line on what it is good for. */
  readonly about: string;
  /** Paper and section, or where else it comes from. */
  readonly source: string;
  /** True for a loss without a margin, to compare with: listed last. */
  readonly baseline: boolean;
  readonly fields: F;
  readonly schema: Schema<K, F>;
  /** Values that it is offered with. */
  readonly defaults: z.output<Schema<K, F>>;
  /** S: how many class centres a class has. */
  centresPerClass(config: z.output<Schema<K, F>>): number;
  /**
   * By how much the margin lowers the cosine to the target class at 90 degrees, where an untrained network stands: the
   * divergence detector expects a loss that is larger by the scale times this.
   *
   * @param strength share of the full margin, 0 to 1
   */
  cosineDropAt90Degrees(config: z.output<Schema<K, F>>, strength: number): number;
}

/** The configuration that a margin's schema gives. */
export type ConfigOf<M extends MarginMeta> = z.output<M['schema']>;

interface Description<K extends string, F extends Fields>
  extends Pick<MarginMeta<K, F>, 'kind' | 'label' | 'about' | 'source' | 'fields' | 'cosineDropAt90Degrees'> {
  readonly defaults: Omit<z.output<Schema<K, F>>, 'kind'>;
  readonly baseline?: true;
  centresPerClass?(config: z.output<Schema<K, F>>): number;
}

export function describeMargin<const K extends string, F extends Fields>(
  margin: Description<K, F>,
): MarginMeta<K, F> {
  const { kind, fields, defaults } = margin;
  const schema = z.strictObject({ kind: z.literal(kind), ...shapeOf(fields) });
  return {
    baseline: false,
    centresPerClass: () => 1,
    ...margin,
    schema,
    defaults: schema.parse({ kind, ...defaults }),
  };
}
