import type { MarginConfig } from '../../config/margin.ts';
import { present } from '../../lib/assert.ts';
import type { Head, HeadContext } from '../heads/head.ts';
import * as catalogue from './catalogue.ts';
import * as losses from './losses.ts';
import type { MarginLoss } from './margin-loss.ts';

type Name = keyof typeof catalogue;

// The compiler asks for a loss for every margin of the catalogue, each for its settings ...
const complete: { readonly [N in Name]: MarginLoss<(typeof catalogue)[N]> } = losses;
// ... and for no other.
const unlisted: Readonly<Record<Exclude<keyof typeof losses, Name>, never>> = {};

const byKind = new Map<string, MarginLoss>(
  Object.entries<MarginLoss>({ ...complete, ...unlisted }).map(([name, loss]) => [kindOf(name), loss]),
);

function kindOf(name: string): string {
  const found = Object.entries(catalogue).find(([other]) => other === name);
  return present(found, `margin ${name}`)[1].kind;
}

/** The head of a configured margin. */
export const headOf = (config: MarginConfig, context: HeadContext): Head =>
  present(byKind.get(config.kind), `the loss of margin ${config.kind}`).createHead(config, context);
