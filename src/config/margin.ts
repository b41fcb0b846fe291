import { z } from 'zod';
import { present } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';
import * as catalogue from '../model/margins/catalogue.ts';
import type { ConfigOf, MarginMeta } from '../model/margins/describe.ts';
import { describeInvalid } from './invalid-setting.ts';

type Catalogue = typeof catalogue;
type AnyMargin = Catalogue[keyof Catalogue];

/** A margin with its settings: of one of the kinds in src/model/margins. */
export type MarginConfig = ConfigOf<AnyMargin>;

const byLabel = (a: MarginMeta, b: MarginMeta): number =>
  Number(a.baseline) - Number(b.baseline) || a.label.localeCompare(b.label, 'en');

/** Every margin, ArcFace first and the baselines last. */
export const margins: readonly AnyMargin[] = [
  catalogue.arcFace,
  ...Object.values(catalogue)
    .filter((meta) => meta !== catalogue.arcFace)
    .sort(byLabel),
];

const [first, ...others] = margins.map(({ schema }) => schema);
export const marginSchema = z.discriminatedUnion('kind', [present(first, 'a margin'), ...others]);

const byKind = new Map<string, MarginMeta>(margins.map((meta) => [meta.kind, meta]));

/** What is known of a configured margin. */
export const marginMeta = ({ kind }: Pick<MarginConfig, 'kind'>): MarginMeta =>
  present(byKind.get(kind), `margin ${kind}`);

/** A margin as somebody names it: its kind, and those settings that differ from its defaults. */
export type MarginInput = {
  readonly [N in keyof Catalogue]: { readonly kind: Catalogue[N]['kind'] } & Partial<ConfigOf<Catalogue[N]>>;
}[keyof Catalogue];

/** Completes a margin by the defaults of its kind. @throws ProblemError naming the setting that is wrong */
export function parseMargin(value: unknown): MarginConfig {
  const named = z.object({ kind: z.string() }).safeParse(value);
  const meta = named.success ? byKind.get(named.data.kind) : undefined;
  if (!meta || typeof value !== 'object') {
    throw new ProblemError(
      'That is not a known margin.',
      `Give one with a "kind" of: ${margins.map(({ kind }) => kind).join(', ')}.`,
    );
  }
  const parsed = marginSchema.safeParse({ ...meta.defaults, ...value });
  if (parsed.success) return parsed.data;
  throw new ProblemError(
    `The margin ${meta.label} is not valid: ${describeInvalid(marginSchema, value, parsed.error, 'margin')}.`,
    `Its settings are ${Object.keys(meta.fields).join(', ') || 'none'}.`,
  );
}
