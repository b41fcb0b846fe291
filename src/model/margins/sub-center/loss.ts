import { radians } from '../../../lib/brand.ts';
import { arcFace } from '../arcface/loss.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { targetHead } from '../shared/target-head.ts';
import type { meta } from './meta.ts';

/** ArcFace on the cosine to the nearest of several centres of a class. */
export const loss: MarginLoss<typeof meta> = {
  createHead: ({ m, subCentres, pastPi }, context) =>
    targetHead(context, (strength) => arcFace(radians(m * strength), pastPi), subCentres),
};
