import { choiceField, numberField, withDefault } from '../../../lib/field.ts';
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
    // Files from before this setting lack it.
    firstStatistics: withDefault(
      choiceField({
        label: 'First norm statistics',
        unit: '',
        explanation:
          "Of the first batch, or as in the authors' program, whose mean then takes hundreds of steps to fit.",
        choices: [
          { label: 'Of the first batch', value: 'batch' },
          { label: 'Mean 20, deviation 100', value: 'fixed' },
        ],
      }),
      'batch',
    ),
    warmupFraction,
  },
  defaults: { m: 0.4, h: 0.333, firstStatistics: 'batch', warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m }, strength) => 2 * m * strength,
});
