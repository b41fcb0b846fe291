import { describeMargin } from '../describe.ts';
import { easyMargin, marginAngle, marginGradient, pastPi, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'arcface',
  label: 'ArcFace',
  about: 'Adds an angle: the usual choice.',
  source: 'Deng et al., arXiv 1801.07698, equation 3',
  fields: {
    m: marginAngle,
    easy: easyMargin,
    pastPi,
    gradient: marginGradient,
    warmupFraction,
  },
  defaults: { m: 0.5, easy: false, pastPi: 'continued', gradient: 'exact', warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m }, strength) => Math.sin(m * strength),
});
