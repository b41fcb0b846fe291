import { describeMargin } from '../describe.ts';
import { deviation, marginAngle, pastPi, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'elastic-arcface',
  label: 'ElasticFace-Arc',
  about: 'An angle drawn anew for each photo.',
  source: 'Boutros et al., arXiv 2109.09416, equation 5',
  fields: { m: marginAngle, deviation, pastPi, warmupFraction },
  defaults: { m: 0.5, deviation: 0.0125, pastPi: 'continued', warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m }, strength) => Math.sin(m * strength),
});
