import type { MarginConfig } from '../../config/margin.ts';
import type { TrainingConfig } from '../../config/training-config.ts';

interface HeadMargin {
  readonly margin: MarginConfig;
  /** How it differs from the run's, in a sentence; null where it does not. */
  readonly differs: string | null;
}

/**
 * The margin of a head that is rebuilt from a manifest, which has one centre of length 1 for each class and nothing else of
 * the head.
 */
function headMargin(margin: MarginConfig): HeadMargin {
  switch (margin.kind) {
    case 'sub-center': {
      const { m, pastPi } = margin;
      return {
        margin: { kind: 'arcface', m, easy: false, pastPi, gradient: 'exact', warmupFraction: 0 },
        differs: `The run had ${margin.subCentres} sub-centres per class. Here each class has the one nearest to most of its photos, with the margin of ArcFace.`,
      };
    }
    case 'softmax':
      return {
        margin: { kind: 'none' },
        differs: 'The run ended in a plain softmax classifier. Here it is the cosine to the class centres.',
      };
    case 'adaface':
    case 'curricularface':
      return { margin, differs: 'What the margin remembers of earlier batches starts anew.' };
    case 'sphereface2':
      return { margin, differs: 'The bias of the logits starts anew.' };
    default:
      return { margin, differs: null };
  }
}

export const headMarginOf = ({ margin }: TrainingConfig): MarginConfig => headMargin(margin).margin;

/** What of the run's training the layer's loss does not have, in sentences. */
export function headDifferences({ margin, labelSmoothing }: TrainingConfig): string[] {
  return [
    headMargin(margin).differs,
    labelSmoothing > 0 ? `The loss has no label smoothing. The run had ${labelSmoothing}.` : null,
  ].filter((sentence) => sentence !== null);
}
