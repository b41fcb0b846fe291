import * as tfl from '@tensorflow/tfjs-layers';
import type { CustomBackbone } from '../../config/training-config.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import type { SplitBackbone } from '../backbones/pretrained.ts';
import { buildCustomModel, leavesOf } from './build.ts';
import { classifierOf, withoutClassifier } from './classifier.ts';
import { applyBack, cutPoints, outputOf, partsAt } from './graph.ts';
import { checkInterface } from './interface.ts';
import type { CustomModel } from './read.ts';

/**
 * The custom model as a backbone: [B, inputSize, inputSize, 3 or 1] -> [B, D], all of it trainable.
 *
 * @throws ProblemError where it is not a network from one picture to one vector, or takes another size
 */
export async function customNetwork(
  source: CustomModel,
  { inputSize, cutSoftmax }: CustomBackbone,
  fresh: boolean,
  random: Random,
): Promise<tfl.LayersModel> {
  let model = await buildCustomModel(source, { inputSize, fresh, random });
  try {
    const classifier = cutSoftmax ? classifierOf(model) : null;
    if (cutSoftmax && !classifier) {
      throw new ProblemError(
        'The network does not end in a classification layer that could be removed.',
        'Turn that setting (cutSoftmax) off.',
      );
    }
    if (classifier) model = withoutClassifier(model, classifier);
    const { edge } = checkInterface(model);
    if (edge !== inputSize) {
      throw new ProblemError(
        `The network takes pictures of ${edge} x ${edge} pixels, but the settings say ${inputSize}.`,
        `Set the input size to ${edge}.`,
      );
    }
    return model;
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/**
 * Freezes a network up to a layer, that one included: these layers are not trained, and compute in training as in
 * inference (norms use their moving averages and do not change them, dropout drops nothing).
 *
 * `trainable` of the library only stops updates by the optimiser: norms would still use the batch and update their averages.
 */
export function freeze(model: tfl.LayersModel, upTo: string): void {
  for (const layer of partsAt(model, cutNamed(model, upTo)).front) {
    for (const leaf of leavesOf(layer)) leaf.trainable = false;
    layer.trainable = false;
    const ordinary = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => ordinary(inputs, { ...kwargs, training: false });
  }
}

/** The network in its two parts, cut behind a layer; they share its layers. */
export function splitCustomNetwork(model: tfl.LayersModel, upTo: string): SplitBackbone {
  const cut = cutNamed(model, upTo);
  const features = outputOf(cut);
  const featureShape = features.shape.slice(1).map((size) => size ?? 0);
  const trunk = tfl.model({ inputs: model.inputs, outputs: features });
  const input = tfl.input({ shape: featureShape });
  const head = tfl.model({ inputs: input, outputs: applyBack(model, cut, input) });
  const { dimension } = checkInterface(model);
  return {
    whole: model,
    trunk,
    head,
    featureShape,
    featureSize: featureShape.reduce((product, size) => product * size, 1),
    embeddingSize: dimension,
    distances: false, // unknown
  };
}

function cutNamed(model: tfl.LayersModel, name: string): tfl.layers.Layer {
  const cuts = cutPoints(model);
  const found = cuts.find((layer) => layer.name === name);
  if (found) return found;
  const some = cuts.slice(-5).map((layer) => layer.name);
  throw new ProblemError(
    model.layers.some((layer) => layer.name === name)
      ? `The network cannot be cut behind its layer "${name.slice(0, 80)}": later layers depend on others too, or nothing after it can be trained.`
      : `The network has no layer "${name.slice(0, 80)}" to freeze up to.`,
    some.length > 0
      ? `Choose another one, e.g. ${some.join(', ')}.`
      : 'Choose none: this network can only be trained in full.',
  );
}
