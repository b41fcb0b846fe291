import { numberField, withDefault } from '../../../lib/field.ts';
import { describeMargin } from '../describe.ts';
import { cosineMargin, marginGradient, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'sphereface2',
  label: 'SphereFace2',
  about: 'A binary classification for each class instead of one softmax over all.',
  source: 'Wen et al., arXiv 2108.01513, equation 7',
  fields: {
    m3: cosineMargin,
    positiveShare: numberField({
      label: 'Positive weight',
      unit: 'share',
      explanation: 'Weight of the target class among the binary classifications (lambda).',
      min: 0.01,
      max: 0.99,
      step: 0.05,
    }),
    power: numberField({
      label: 'Power t',
      unit: '',
      explanation: 'Larger spreads similarities more between people who look alike.',
      min: 1,
      max: 10,
      step: 0.5,
    }),
    // Files from before this setting lack it.
    lossWeight: withDefault(
      numberField({
        label: 'Loss weight',
        unit: 'times',
        explanation:
          "Multiplies the loss, against its division by the scale: 50 in the authors' program (lw).",
        min: 0.1,
        max: 1000,
        step: 1,
      }),
      1,
    ),
    gradient: marginGradient,
    warmupFraction,
  },
  defaults: {
    m3: 0.4,
    positiveShare: 0.7,
    power: 3,
    lossWeight: 1,
    gradient: 'exact',
    warmupFraction: 0.3,
  },
  // The margin enlarges the loss by less than its weight: a bound is enough here.
  cosineDropAt90Degrees: ({ lossWeight }) => Math.max(0, lossWeight - 1),
});
