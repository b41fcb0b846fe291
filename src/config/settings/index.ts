import { augmentation } from './augmentation.ts';
import { basic } from './basic.ts';
import { heldOut } from './held-out.ts';
import { learning } from './learning.ts';
import { margin } from './margin.ts';
import { customModel, network, networkChoice } from './network.ts';
import { optimiser } from './optimiser.ts';
import type { Setting } from './setting.ts';

export { networkChoice } from './network.ts';
export type { Setting } from './setting.ts';

/** Every setting, in the order of the page. */
export const settings: readonly Setting[] = [
  networkChoice,
  ...customModel,
  ...basic,
  ...learning,
  ...optimiser,
  ...network,
  ...margin,
  ...augmentation,
  ...heldOut,
];
