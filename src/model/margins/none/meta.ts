import { describeMargin } from '../describe.ts';

export const meta = describeMargin({
  kind: 'none',
  label: 'None (normalised softmax)',
  about: 'Angles without a margin: for comparison.',
  source: 'Wang et al., arXiv 1704.06369',
  baseline: true,
  fields: {},
  defaults: {},
  cosineDropAt90Degrees: () => 0,
});
