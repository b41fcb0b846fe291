import type { Head, HeadContext } from '../heads/head.ts';
import type { ConfigOf, MarginMeta } from './describe.ts';

/** What a margin computes: one file a margin, `loss.ts` beside its `meta.ts`. */
export interface MarginLoss<M extends MarginMeta = MarginMeta> {
  /** The head that training puts on the backbone. */
  createHead(config: ConfigOf<M>, context: HeadContext): Head;
}
