import { integerField } from '../../../lib/field.ts';
import { describeMargin } from '../describe.ts';
import { marginAngle, pastPi, warmupFraction } from '../fields.ts';

export const meta = describeMargin({
  kind: 'sub-center',
  label: 'Sub-center ArcFace',
  about: 'Several centres a class: for folders with photos of other people in them.',
  source: 'Deng et al., ECCV 2020, equation 3',
  fields: {
    m: marginAngle,
    subCentres: integerField({
      label: 'Sub-centres per class',
      unit: '',
      explanation: 'A photo is compared with the nearest one, so that outliers gather at a sub-centre.',
      min: 2,
      max: 10,
      step: 1,
    }),
    pastPi,
    warmupFraction,
  },
  defaults: { m: 0.5, subCentres: 3, pastPi: 'continued', warmupFraction: 0.3 },
  centresPerClass: ({ subCentres }) => subCentres,
  cosineDropAt90Degrees: ({ m }, strength) => Math.sin(m * strength),
});
