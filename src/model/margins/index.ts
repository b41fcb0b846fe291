import type { MarginConfig } from '../../config/training-config.ts';
import { radians } from '../../lib/brand.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { arcFace } from './arcface.ts';
import type { Margin } from './margin.ts';
import { noMargin } from './none.ts';

/**
 * The margin as it stands while it warms up.
 *
 * @param strength share of the full margin, 0 to 1
 */
export function createMargin(config: MarginConfig, strength: number): Margin {
  switch (config.kind) {
    case 'arcface':
      return arcFace(radians(config.m * strength));
    case 'none':
      return noMargin;
    default:
      return unreachable(config);
  }
}
