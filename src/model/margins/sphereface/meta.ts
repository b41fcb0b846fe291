import { describeMargin } from '../describe.ts';
import { angleFactor, marginGradient, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'sphereface',
  label: 'SphereFace',
  about: 'Multiplies the angle.',
  source: 'Liu et al., arXiv 1704.08063, equation 7',
  fields: { m1: angleFactor, gradient: marginGradient, warmupFraction },
  defaults: { m1: 1.35, gradient: 'exact', warmupFraction: 0.3 },
  // The cosine at 90 degrees falls by less than m1: a bound is enough here.
  cosineDropAt90Degrees: ({ m1 }) => m1,
});
