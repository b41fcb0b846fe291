import { angularHead } from '../../heads/angular-head.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { elasticCos, elasticFace } from '../shared/elasticface.ts';
import type { meta } from './meta.ts';

/** CosFace with a margin drawn for each row. */
export const loss: MarginLoss<typeof meta> = {
  createHead: ({ m3, deviation }, context) =>
    angularHead(context, ({ cosines, labels, strength }) => {
      const drawn = { mean: m3 * strength, deviation: deviation * strength };
      return { cosines: elasticFace(elasticCos, drawn, context.random, cosines, labels) };
    }),
};
