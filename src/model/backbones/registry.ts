import type { MadeBackbone, PretrainedBackbone } from '../../config/backbone.ts';
import { present } from '../../lib/assert.ts';
import type { BackboneBuild, MadeBuild, PretrainedBuild } from './backbone-build.ts';
import * as builds from './builds.ts';
import * as catalogue from './catalogue.ts';

type Catalogue = typeof catalogue;
/** Custom models are read, not built: src/model/custom-model. */
type Name = {
  [N in keyof Catalogue]: Catalogue[N]['origin'] extends 'custom' ? never : N;
}[keyof Catalogue];

// The compiler asks for a build for every backbone of the catalogue, each for its settings ...
const complete: { readonly [N in Name]: BackboneBuild<Catalogue[N]> } = builds;
// ... and for no other.
const unlisted: Readonly<Record<Exclude<keyof typeof builds, Name>, never>> = {};

const byKind = new Map<string, MadeBuild | PretrainedBuild>(
  Object.entries<MadeBuild | PretrainedBuild>({ ...complete, ...unlisted }).map(([name, build]) => [
    kindOf(name),
    build,
  ]),
);

function kindOf(name: string): string {
  const found = Object.entries(catalogue).find(([other]) => other === name);
  return present(found, `backbone ${name}`)[1].kind;
}

export function madeBuild({ kind }: Pick<MadeBackbone, 'kind'>): MadeBuild {
  const build = present(byKind.get(kind), `the build of backbone ${kind}`);
  if ('create' in build) return build;
  throw new Error(`Internal error: ${kind} is not made here`);
}

export function pretrainedBuild({ kind }: Pick<PretrainedBackbone, 'kind'>): PretrainedBuild {
  const build = present(byKind.get(kind), `the build of backbone ${kind}`);
  if ('file' in build) return build;
  throw new Error(`Internal error: ${kind} is not pretrained`);
}
