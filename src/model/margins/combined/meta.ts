import { describeMargin } from '../describe.ts';
import { angleFactor, cosineMargin, marginAngle, marginGradient, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'combined',
  label: 'Combined margin',
  about: 'Multiplied angle, added angle and subtracted cosine at once.',
  source: 'Deng et al., arXiv 1801.07698, equation 4',
  fields: {
    m1: angleFactor,
    m2: { ...marginAngle, label: 'Margin angle m2' },
    m3: cosineMargin,
    gradient: marginGradient,
    warmupFraction,
  },
  defaults: { m1: 1, m2: 0.3, m3: 0.2, gradient: 'exact', warmupFraction: 0.3 },
  // The multiplied angle lowers the cosine by less than m1: a bound is enough here.
  cosineDropAt90Degrees: ({ m1, m2, m3 }) => m1 + Math.sin(m2) + m3,
});
