import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/**
 * For each layer how many stages lie behind it, 0 for the last. A stage is what works at one size of the picture (56,
 * 28, 14, 7 pixels, ...); layers without a picture, the embedding among them, belong to the last.
 *
 * @returns by the name of the layer
 */
export function stagesFromEnd(network: LayersModel): Map<string, number> {
  const edges = network.layers.map(edgeOf);
  const sizes = [...new Set(edges.filter((edge) => edge !== null))].sort((a, b) => a - b);
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
