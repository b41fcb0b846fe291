import type { MarginConfig } from '../../config/training-config.ts';
import { radians } from '../../lib/brand.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { arcFace } from './arcface.ts';
import { combined } from './combined.ts';
import { cosFace } from './cosface.ts';
import type { Margin } from './margin.ts';
import { noMargin } from './none.ts';
import { sphereFace } from './sphereface.ts';

/**
 * The margin as it stands while it warms up.
 *
 * @param strength share of the full margin, 0 to 1
 */
export function createMargin(config: MarginConfig, strength: number): Margin {
  switch (config.kind) {
    case 'arcface':
      return arcFace(radians(config.m * strength));
    case 'cosface':
      return cosFace(config.m3 * strength);
    case 'sphereface':
      return sphereFace(1 + (config.m1 - 1) * strength);
    case 'combined':
      return combined({
        m1: 1 + (config.m1 - 1) * strength,
        m2: radians(config.m2 * strength),
        m3: config.m3 * strength,
      });
    case 'none':
      return noMargin;
    default:
      return unreachable(config);
  }
}
