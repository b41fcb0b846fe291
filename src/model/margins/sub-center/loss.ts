import { radians } from '../../../lib/brand.ts';
import { angularHead } from '../../heads/angular-head.ts';
import { arcFace } from '../arcface/loss.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { applyMargin } from '../shared/apply-margin.ts';
import type { meta } from './meta.ts';

/** ArcFace on the cosine to the nearest of several centres of a class. */
export const loss: MarginLoss<typeof meta> = {
  createHead: ({ m, subCentres, pastPi }, context) =>
    angularHead(
      context,
      ({ cosines, labels, strength }) => ({
        cosines: applyMargin(arcFace(radians(m * strength), pastPi), cosines, labels),
      }),
      { subCentres },
    ),
};
