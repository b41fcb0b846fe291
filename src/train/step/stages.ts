import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/**
 * For each layer how many stages lie behind it, 0 for the last. A stage is what has weights and puts out
 * pictures of one size (56, 28, 14, 7 pixels, ...); layers without a picture, the embedding among them, belong to the
 * last. Padding and pooling make no stage of their own: nothing learns at the sizes that only they put out.
 *
 * @returns by the name of the layer
 */
export function stagesFromEnd(network: LayersModel): Map<string, number> {
  const edges = network.layers.map(edgeOf);
  const withWeights = edges.filter((_, i) => (network.layers[i]?.weights.length ?? 0) > 0);
  const sizes = [...new Set(withWeights.filter((edge) => edge !== null))];
  return new Map(
    network.layers.map(({ name }, i) => {
      const edge = edges[i] ?? null;
      // A picture of one pixel is a vector already.
      return [name, edge === null ? 0 : sizes.filter((size) => size > 1 && size < edge).length];
    }),
  );
}

/** Height of the picture that a layer works on; null where it is no picture. */
function edgeOf({ outputShape }: layers.Layer): number | null {
  const first = outputShape[0];
  // Of several outputs, the first.
  const shape = Array.isArray(first) ? first : outputShape;
  const height = shape[1];
  return shape.length === 4 && typeof height === 'number' ? height : null;
}
