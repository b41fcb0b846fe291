import { describeMargin } from '../describe.ts';
import { marginAngle, pastPi, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'curricularface',
  label: 'CurricularFace',
  about: 'Easy pairs first; hard negatives count more as training goes on.',
  source: 'Huang et al., arXiv 2004.00288, equations 4 to 7',
  fields: { m: marginAngle, pastPi, warmupFraction },
  defaults: { m: 0.5, pastPi: 'continued', warmupFraction: 0.3 },
  cosineDropAt90Degrees: ({ m }, strength) => Math.sin(m * strength),
});
