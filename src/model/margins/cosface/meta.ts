import { describeMargin } from '../describe.ts';
import { cosineMargin, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'cosface',
  label: 'CosFace',
  about: 'Subtracts from the cosine: stable, also with noisy labels.',
  source: 'Wang et al., arXiv 1801.09414, equation 4',
  fields: { m3: cosineMargin, warmupFraction },
  defaults: { m3: 0.35, warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m3 }, strength) => m3 * strength,
});
