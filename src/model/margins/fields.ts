import { choiceField, numberField, switchField, withDefault } from '../../lib/field.ts';

/** Settings that several margins share. A setting of one margin alone stands in its folder. */

/** m, an angle in radians. */
export const marginAngle = numberField({
  label: 'Margin angle m',
  unit: 'radians',
  explanation: 'Added to the angle to the target class: 0.5 rad is 28.6 degrees. Larger is harder to learn.',
  min: 0,
  max: 1.5,
  step: 0.05,
});

/** m1, how many times the angle counts. */
export const angleFactor = numberField({
  label: 'Angle factor m1',
  unit: 'times',
  explanation: 'Multiplies the angle to the target class. 1 is no margin.',
  min: 1,
  max: 4,
  step: 0.05,
});

/** m3, a difference of cosines. */
export const cosineMargin = numberField({
  label: 'Cosine margin m3',
  unit: '',
  explanation: 'Subtracted from the cosine to the target class: a difference of cosines, not an angle.',
  min: 0,
  max: 1,
  step: 0.05,
});

/** Standard deviation of a margin that is drawn for every photo, in the unit of the margin. */
export const deviation = numberField({
  label: 'Margin deviation',
  unit: '',
  explanation: 'Standard deviation of the margin, which is drawn for each photo.',
  min: 0,
  max: 0.5,
  step: 0.005,
  random: true,
});

export const warmupFraction = numberField({
  label: 'Margin warm-up',
  unit: 'share of steps',
  explanation: 'The margin grows from 0 over this share of the run, so that training starts stably.',
  min: 0,
  max: 1,
  step: 0.05,
});

/**
 * What the margined cosine becomes where theta + m is past pi: cos(theta + m) would rise again there and reward being
 * wrong. Which program does what: docs/guide/margins.md. Files from before this setting lack it.
 */
export const pastPi = withDefault(
  choiceField({
    label: 'Beyond 180 degrees',
    unit: '',
    explanation:
      'What counts for photos so far from their class that the margin would turn them past 180 degrees.',
    choices: [
      { label: 'Falls on without a jump', value: 'continued' },
      { label: 'cos θ − m sin m', value: 'dropped' },
      { label: 'cos(θ + m), which rises', value: 'cosine' },
    ],
  }),
  'continued',
);

/** The margin only below 90 degrees, as in the programs of ArcFace and MagFace. */
export const easyMargin = switchField({
  label: 'Easy margin',
  unit: '',
  explanation: 'Only for photos whose angle to the target class is below 90 degrees already.',
});

/**
 * How the margin's slope enters the gradient: exactly, or not at all, as where a program computes the margined cosine
 * outside of differentiation (insightface's arcface_torch; opensphere's SphereFace and SphereFace2). Files from before this
 * setting lack it.
 */
export const marginGradient = withDefault(
  choiceField({
    label: 'Gradient of the margin',
    unit: '',
    explanation:
      "Exact, or straight-through: without the margin's slope, as the authors of some margins compute it.",
    choices: [
      { label: 'Exact', value: 'exact' },
      { label: 'Straight-through', value: 'straight-through' },
    ],
  }),
  'exact',
);
