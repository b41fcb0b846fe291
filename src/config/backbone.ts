import { z } from 'zod';
import { present } from '../lib/assert.ts';
import { PIXEL_RANGES, type PixelRange, STANDARD_RANGE } from '../lib/pixel-range.ts';
import * as catalogue from '../model/backbones/catalogue.ts';
import type { BackboneMeta, ConfigOf, Origin } from '../model/backbones/describe.ts';

export { CUSTOM_INPUT } from '../model/backbones/custom/meta.ts';

type Catalogue = typeof catalogue;
type AnyBackbone = Catalogue[keyof Catalogue];
type OfOrigin<O extends Origin> = ConfigOf<Extract<AnyBackbone, { readonly origin: O }>>;

/** The network that turns a face into an embedding, with its settings: one of the kinds in src/model/backbones. */
export type BackboneConfig = ConfigOf<AnyBackbone>;
/** Those with random weights. */
export type MadeBackbone = OfOrigin<'made'>;
/** Those that come with the program. */
export type PretrainedBackbone = OfOrigin<'pretrained'>;
/** The person's own model. */
export type CustomBackbone = OfOrigin<'custom'>;

/** Every backbone, from small to large, the custom model last. */
export const backbones: readonly AnyBackbone[] = Object.values(catalogue).sort(
  (a, b) => (a.parameters ?? Number.POSITIVE_INFINITY) - (b.parameters ?? Number.POSITIVE_INFINITY),
);

const [first, ...others] = backbones.map(({ schema }) => schema);
const anyBackbone = z.discriminatedUnion('kind', [present(first, 'a backbone'), ...others]);

/** Files from before `custom` say `own` for it. */
export const backboneSchema = z.preprocess(
  (value) => (isOwn(value) ? { ...value, kind: 'custom' } : value),
  anyBackbone,
);
const isOwn = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'own';

const byKind = new Map<string, BackboneMeta>(backbones.map((meta) => [meta.kind, meta]));

/** What is known of a configured backbone. */
export const backboneMeta = ({ kind }: Pick<BackboneConfig, 'kind'>): BackboneMeta =>
  present(byKind.get(kind), `backbone ${kind}`);

/** Whether a network comes with the program, pretrained. */
export const isPretrained = (backbone: BackboneConfig): backbone is PretrainedBackbone =>
  backboneMeta(backbone).origin === 'pretrained';

/** Whether a network is made here, with random weights. */
export const isMade = (backbone: BackboneConfig): backbone is MadeBackbone =>
  backboneMeta(backbone).origin === 'made';

/** How bytes become the input of a network. */
export const rangeOf = (backbone: BackboneConfig): PixelRange =>
  backbone.kind === 'custom' ? PIXEL_RANGES[backbone.range] : STANDARD_RANGE;
