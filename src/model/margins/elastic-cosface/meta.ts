import { describeMargin } from '../describe.ts';
import { cosineMargin, deviation, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'elastic-cosface',
  label: 'ElasticFace-Cos',
  about: 'A cosine margin drawn anew for each photo.',
  source: 'Boutros et al., arXiv 2109.09416, equation 6',
  fields: { m3: cosineMargin, deviation, warmupFraction },
  defaults: { m3: 0.35, deviation: 0.0125, warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m3 }, strength) => m3 * strength,
});
