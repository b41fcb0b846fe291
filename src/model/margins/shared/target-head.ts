import { hasKernel } from '../../../engine/ops/custom-kernels.ts';
import { angularHead } from '../../heads/angular-head.ts';
import type { Head, HeadContext } from '../../heads/head.ts';
import { applyMargin, type Margin } from './apply-margin.ts';

/**
 * The head of every margin on nothing but the cosine of the target class.
 *
 * @param marginOf the margin at a share of its full strength, 0 to 1
 * @param subCentres S, centres per class
 */
export function targetHead(
  context: HeadContext,
  marginOf: (strength: number) => Margin,
  subCentres = 1,
): Head {
  return angularHead(
    context,
    ({ cosines, labels, strength, strengthNow }) => ({
      cosines: applyMargin(marginOf(strength), cosines, labels, () => marginOf(strengthNow()).form),
    }),
    { subCentres, strengthPerStep: hasKernel('ArcMargin') && Boolean(marginOf(1).form) },
  );
}
