import { angularHead } from '../../heads/angular-head.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { elasticArc, elasticFace } from '../shared/elasticface.ts';
import type { meta } from './meta.ts';

/** ArcFace with a margin drawn for each row. */
export const loss: MarginLoss<typeof meta> = {
  createHead: ({ m, deviation, pastPi }, context) =>
    angularHead(context, ({ cosines, labels, strength }) => {
      const drawn = { mean: m * strength, deviation: deviation * strength };
      return { cosines: elasticFace(elasticArc(pastPi), drawn, context.random, cosines, labels) };
    }),
};
