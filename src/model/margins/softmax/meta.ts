import { describeMargin } from '../describe.ts';

export const meta = describeMargin({
  kind: 'softmax',
  label: 'None (plain softmax)',
  about: 'A plain classifier, nothing normalised: for comparison.',
  source: 'Deng et al., arXiv 1801.07698, equation 1',
  baseline: true,
  fields: {},
  defaults: {},
  cosineDropAt90Degrees: () => 0,
});
