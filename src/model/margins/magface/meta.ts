import { numberField } from '../../../lib/field.ts';
import { describeMargin } from '../describe.ts';
import { easyMargin, marginAngle, pastPi, warmupFraction } from '../fields.ts';

const length = { unit: '', max: 1000, step: 1 } as const;

export const meta = describeMargin({
  kind: 'magface',
  label: 'MagFace',
  about: 'The embedding norm learns to measure the quality of a photo.',
  source: 'Meng et al., arXiv 2103.06627, equation 3',
  fields: {
    lowerMargin: {
      ...marginAngle,
      label: 'Lower margin',
      explanation: 'Margin angle for embeddings of the lower norm.',
    },
    upperMargin: {
      ...marginAngle,
      label: 'Upper margin',
      explanation: 'Margin angle for embeddings of the upper norm.',
    },
    lowerLength: numberField({
      ...length,
      label: 'Lower norm',
      explanation: 'Embeddings with a smaller norm count as of this one.',
      min: 0,
    }),
    upperLength: numberField({
      ...length,
      label: 'Upper norm',
      explanation: 'Embeddings with a larger norm count as of this one.',
      min: 1,
    }),
    lengthWeight: numberField({
      label: 'Regulariser weight',
      unit: '',
      explanation: 'How strongly embedding norms are drawn upwards.',
      min: 0,
      max: 100,
      step: 1,
    }),
    easy: easyMargin,
    pastPi,
    warmupFraction,
  },
  defaults: {
    lowerMargin: 0.45,
    upperMargin: 0.8,
    lowerLength: 10,
    upperLength: 110,
    lengthWeight: 35,
    easy: false,
    pastPi: 'continued',
    warmupFraction: 0.3,
  },
  cosineDropAt90Degrees: ({ upperMargin, lengthWeight }, strength) =>
    Math.sin(upperMargin * strength) + lengthWeight,
});
