import { switchField } from '../../../lib/field.ts';
import { describeMargin } from '../describe.ts';
import { marginAngle, marginGradient, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'arcface',
  label: 'ArcFace',
  about: 'Adds an angle: the usual choice.',
  source: 'Deng et al., arXiv 1801.07698, equation 3',
  fields: {
    m: marginAngle,
    easy: switchField({
      label: 'Easy margin',
      unit: '',
      explanation: 'Only for photos whose angle to the target class is below 90 degrees already.',
    }),
    gradient: marginGradient,
    warmupFraction,
  },
  defaults: { m: 0.5, easy: false, gradient: 'exact', warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m }, strength) => Math.sin(m * strength),
});
