import type * as tfl from '@tensorflow/tfjs-layers';
import { present } from '../../lib/assert.ts';

type Layer = tfl.layers.Layer;

/** The layers of a network, each behind all that it depends on. */
export function ordered(model: tfl.LayersModel): Layer[] {
  const layers = model.layers;
  const before = new Map(layers.map((layer) => [layer, sourcesOf(layer)]));
  const result: Layer[] = [];
  const seen = new Set<Layer>();
  const open: { readonly layer: Layer; readonly done: boolean }[] = [];
  for (const start of layers) {
    open.push({ layer: start, done: false });
    for (let at = open.pop(); at; at = open.pop()) {
      if (at.done) {
        result.push(at.layer);
        continue;
      }
      if (seen.has(at.layer) || !before.has(at.layer)) continue;
      seen.add(at.layer);
      open.push({ layer: at.layer, done: true });
      for (const source of before.get(at.layer) ?? []) open.push({ layer: source, done: false });
    }
  }
  return result;
}

/** Layers that feed a layer, one entry for each use. */
const sourcesOf = (layer: Layer): Layer[] => layer.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers);

/**
 * The layers behind which a network can be cut in two: all that comes later depends on the output of that one only, and
 * some of it has weights.
 */
export function cutPoints(model: tfl.LayersModel): Layer[] {
  const layers = ordered(model);
  const place = new Map(layers.map((layer, i) => [layer, i]));
  const trainableBehind = layers.map((_, i) => layers.slice(i + 1).some(({ weights }) => weights.length > 0));
  // Of all that lies behind place i, the earliest source.
  const earliest: number[] = new Array<number>(layers.length).fill(layers.length);
  for (let i = layers.length - 2; i >= 0; i--) {
    const sources = sourcesOf(present(layers[i + 1], 'a layer')).map((source) => place.get(source) ?? -1);
    earliest[i] = Math.min(earliest[i + 1] ?? 0, ...sources);
  }
  return layers.filter(
    (layer, i) =>
      (earliest[i] ?? -1) >= i &&
      trainableBehind[i] === true &&
      layer.inboundNodes.length === 1 &&
      layer.getClassName() !== 'InputLayer',
  );
}

/** The layers up to one behind which the network can be cut, and those behind it. */
export function partsAt(
  model: tfl.LayersModel,
  cut: Layer,
): { readonly front: Layer[]; readonly back: Layer[] } {
  const layers = ordered(model);
  const at = layers.indexOf(cut) + 1;
  return { front: layers.slice(0, at), back: layers.slice(at) };
}

/** The only output of a layer. */
export function outputOf(layer: Layer): tfl.SymbolicTensor {
  const node = present(layer.inboundNodes[0], 'the use of a layer');
  return present(node.outputTensors[0], 'the output of a layer');
}

/** Applies the layers behind a cut, in the same order, to another tensor. */
export function applyBack(model: tfl.LayersModel, cut: Layer, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
  const { back } = partsAt(model, cut);
  const made = new Map<number, tfl.SymbolicTensor>([[outputOf(cut).id, input]]);
  let last = input;
  // As they are now: applying adds a use to each layer.
  const uses = back.map((layer) => ({ layer, nodes: [...layer.inboundNodes] }));
  for (const { layer, nodes } of uses) {
    for (const node of nodes) {
      const inputs = node.inputTensors.map((tensor) =>
        present(made.get(tensor.id), 'an input behind the cut'),
      );
      const [first] = inputs;
      // Symbolic tensors in give one out: the network has no layers with several outputs.
      last = layer.apply(inputs.length === 1 && first ? first : inputs) as tfl.SymbolicTensor;
      made.set(present(node.outputTensors[0], 'the output of a layer').id, last);
    }
  }
  const end = present(model.outputs[0], 'the output of the network');
  return made.get(end.id) ?? last;
}
