import { numberField } from '../../../lib/field.ts';
import { describeMargin } from '../describe.ts';
import { marginAngle, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'adaface',
  label: 'AdaFace',
  about: 'Smaller margin for photos of low quality: for data of mixed quality.',
  source: 'Kim et al., arXiv 2204.00964, equations 6 to 8',
  fields: {
    m: marginAngle,
    h: numberField({
      label: 'Concentration h',
      unit: '',
      explanation: 'How far the embedding norm must be from its mean to count as best or poorest quality.',
      min: 0.01,
      max: 1,
      step: 0.01,
    }),
    warmupFraction,
  },
  defaults: { m: 0.4, h: 0.333, warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m }, strength) => 2 * m * strength,
});
