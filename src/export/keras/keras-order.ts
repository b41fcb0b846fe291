import { present } from '../../lib/assert.ts';

/** An output of a layer in one of its uses. */
export interface Ref {
  readonly layer: string;
  readonly use: number;
}

/**
 * The layers of a network in the order of `model.layers` in Keras, by which files are numbered: the farther from the
 * output the earlier, and of equally far ones those first that a walk back from the output meets first. The distance of a
 * layer is the longest way from any of its uses to the output, in layers. (Keras 3, src/ops/function.py, `map_graph`; Keras
 * 2, engine/functional.py, orders them alike.) Pure.
 *
 * @param uses of each layer: what it is applied to
 */
export function kerasOrder(
  uses: ReadonlyMap<string, readonly (readonly Ref[])[]>,
  output: Ref,
): readonly string[] {
  const sourcesOf = ({ layer, use }: Ref): readonly Ref[] =>
    present(uses.get(layer)?.[use], `use ${use} of layer ${layer}`);
  const met = new Map<string, number>();
  const finished = new Map<string, Ref>();
  const walk = (ref: Ref): void => {
    const key = keyOf(ref);
    if (finished.has(key)) return;
    if (!met.has(ref.layer)) met.set(ref.layer, met.size);
    for (const source of sourcesOf(ref)) walk(source);
    finished.set(key, ref);
  };
  walk(output);

  const distances = new Map<string, number>();
  const layerDistances = new Map<string, number>();
  for (const [key, ref] of [...finished].reverse()) {
    const distance = Math.max(distances.get(key) ?? 0, layerDistances.get(ref.layer) ?? 0);
    layerDistances.set(ref.layer, distance);
    for (const source of sourcesOf(ref)) {
      const before = keyOf(source);
      distances.set(before, Math.max(distances.get(before) ?? 0, distance + 1));
    }
  }
  const place = (of: ReadonlyMap<string, number>, layer: string): number => present(of.get(layer), layer);
  return [...met.keys()].sort(
    (a, b) => place(layerDistances, b) - place(layerDistances, a) || place(met, a) - place(met, b),
  );
}

const keyOf = ({ layer, use }: Ref): string => `${layer}/${use}`;
