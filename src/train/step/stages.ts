import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/**
 * For each layer the number of stages after it, 0 for the last. A stage is the layers with weights whose feature maps
 * have one size (56, 28, 14, 7 pixels, ...); layers without a feature map, the embedding among them, belong to the last.
 * Padding and pooling make no stage: nothing is trained at the sizes that only they give.
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
      // A feature map of one pixel is a vector.
      return [name, edge === null ? 0 : sizes.filter((size) => size > 1 && size < edge).length];
    }),
  );
}

/** Height of a layer's feature map; null where it has none. */
function edgeOf({ outputShape }: layers.Layer): number | null {
  const first = outputShape[0];
  // Of several outputs, the first.
  const shape = Array.isArray(first) ? first : outputShape;
  const height = shape[1];
  return shape.length === 4 && typeof height === 'number' ? height : null;
}
