import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { CustomModelFindings } from '../../domain/custom-model/findings.ts';
import { createRandom } from '../../lib/random.ts';
import { buildCustomModel } from './build.ts';
import { classifierOf, withoutClassifier } from './classifier.ts';
import { cutPoints, ordered } from './graph.ts';
import { guessRange } from './guess.ts';
import { checkInterface } from './interface.ts';
import type { CustomModel } from './read.ts';

/** Aligned faces are stored at this size: a network that takes any size gets them unscaled. */
const STORED = 112;

/**
 * What has to be asked about a model, with guesses. Needs an active backend; leaves nothing on it.
 *
 * @throws ProblemError where it is not a network from one picture to one vector
 */
export async function inspectCustomModel(source: CustomModel): Promise<CustomModelFindings> {
  const random = createRandom(1);
  let model = await buildCustomModel(source, { inputSize: null, fresh: false, random });
  try {
    const classifier = classifierOf(model);
    const ends = classifier && { layers: classifier.layers.map(({ name }) => name).reverse() };
    const range = guessRange(source, model);
    const complete = classifier ? null : checkInterface(model);
    const classes = classifier ? (model.outputs[0]?.shape.at(-1) ?? null) : null;
    // The guess is to remove the classification layer, so the embedding is that without it.
    if (classifier) model = withoutClassifier(model, classifier);
    const { edge, channels, dimension } = complete ?? checkInterface(model);
    return {
      inputSize: edge,
      channels,
      embeddingSize: dimension,
      parameters: source.parameters,
      layers: layersOf(model),
      classifier: ends && { ...ends, classes },
      guess: {
        inputSize: edge ?? STORED,
        inputSizeWhy:
          edge === null
            ? `It takes any size; faces are stored at ${STORED} pixels.`
            : 'The model takes exactly this size.',
        range: range.name,
        rangeWhy: range.why,
      },
    };
  } finally {
    model.dispose();
  }
}

function layersOf(model: LayersModel): CustomModelFindings['layers'] {
  const cuts = new Set(cutPoints(model));
  return ordered(model).map((layer) => {
    const shape = layer.outputShape;
    const first = shape[0];
    const only = Array.isArray(first) ? first : shape;
    return {
      name: layer.name,
      kind: layer.getClassName(),
      shape: only.slice(1).map((size) => (typeof size === 'number' ? size : null)),
      cut: cuts.has(layer),
    };
  });
}
