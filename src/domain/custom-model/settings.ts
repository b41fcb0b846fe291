import type { CustomBackbone } from '../../config/backbone.ts';
import type { PresetName } from '../../config/training-config.ts';
import type { CustomModelFindings } from './findings.ts';

/** Layers that hold the weights of an embedding. */
const WEIGHTED = new Set([
  'Dense',
  'Conv2D',
  'DepthwiseConv2D',
  'SeparableConv2D',
  'Model',
  'Functional',
  'Sequential',
]);

/**
 * The first settings of a custom model for a preset: the guesses, without its classification layer, and frozen as the
 * preset needs.
 */
export const guessedSettings = (findings: CustomModelFindings, preset: PresetName): CustomBackbone => ({
  kind: 'custom',
  inputSize: findings.guess.inputSize,
  range: findings.guess.range,
  frozenUpTo: firstFrozen(findings, preset),
  cutSoftmax: findings.classifier !== null,
});

/** The same for another preset: what was answered stays, what the preset needs frozen is new. */
export const settingsForPreset = (
  backbone: CustomBackbone,
  findings: CustomModelFindings,
  preset: PresetName,
): CustomBackbone => ({
  ...backbone,
  frozenUpTo: firstFrozen(findings, preset),
});

/** Quick computes features once, so it freezes all in front of the last layer with weights; the others freeze nothing. */
function firstFrozen({ layers }: CustomModelFindings, preset: PresetName): string | null {
  if (preset !== 'quick') return null;
  const embedding = layers.findLastIndex(({ kind }) => WEIGHTED.has(kind));
  const inFront = layers.slice(0, Math.max(0, embedding)).findLast(({ cut }) => cut);
  return (inFront ?? layers.findLast(({ cut }) => cut))?.name ?? null;
}

export interface UnsuitableSetting {
  readonly field: Exclude<keyof CustomBackbone, 'kind' | 'range'>;
  /** What is wrong and what to do, as a sentence. */
  readonly why: string;
}

/** Settings that do not fit a network or the preset. */
export function unsuitableSettings(
  backbone: CustomBackbone,
  findings: CustomModelFindings,
  preset: PresetName,
): UnsuitableSetting[] {
  const { inputSize, frozenUpTo, cutSoftmax } = backbone;
  const { classifier, layers } = findings;
  const cuts = layers.filter(({ cut }) => cut);
  const wrong: UnsuitableSetting[] = [];
  if (findings.inputSize !== null && findings.inputSize !== inputSize) {
    const { inputSize: edge } = findings;
    wrong.push({
      field: 'inputSize',
      why: `Must be ${edge}: the network takes exactly ${edge} x ${edge} pixels.`,
    });
  }
  if (cutSoftmax && !classifier)
    wrong.push({
      field: 'cutSoftmax',
      why: 'Must be off: the network does not end in a classification layer.',
    });
  if (frozenUpTo === null) {
    if (preset === 'quick') {
      const why =
        cuts.length > 0
          ? 'Quick computes the features of a frozen network once: choose the layer up to which it is frozen.'
          : 'This network cannot be cut in two, as Quick needs it: choose Fine-tune or From scratch.';
      wrong.push({ field: 'frozenUpTo', why });
    }
  } else if (preset === 'scratch') {
    wrong.push({
      field: 'frozenUpTo',
      why: 'From scratch starts from random weights, which must all be trained.',
    });
  } else if (!cuts.some(({ name }) => name === frozenUpTo)) {
    wrong.push({
      field: 'frozenUpTo',
      why: 'The network has no such layer to freeze up to: choose another one.',
    });
  }
  return wrong;
}
