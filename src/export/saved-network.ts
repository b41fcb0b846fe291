import { io } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { assert, present } from '../lib/assert.ts';
import type { StoredWeight } from '../model/custom-model/weights.ts';

/** A network apart from any backend, as TensorFlow.js saves it. */
export interface SavedNetwork {
  /** {class_name, config, ...} in the form of Keras 2. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** By name, e.g. `conv/kernel`, in the library's order. */
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

const topologySchema = z.record(z.string(), z.unknown());

/** The network as it is now; a copy. */
export async function saveNetwork(model: tfl.LayersModel): Promise<SavedNetwork> {
  let saved: SavedNetwork | null = null;
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const data = present(weightData, 'the weights of the saved model');
      const bytes = data instanceof ArrayBuffer ? data : io.concatenateArrayBuffers([...data]);
      const weights = new Map<string, StoredWeight>();
      let at = 0;
      for (const { name, shape, dtype } of present(weightSpecs, 'the weights of the saved model')) {
        assert(dtype === 'float32', 'weights of float32');
        const length = shape.reduce((product, size) => product * size, 1);
        weights.set(name, { shape, values: new Float32Array(bytes.slice(at, at + 4 * length)) });
        at += 4 * length;
      }
      saved = { topology: topologySchema.parse(modelTopology), weights };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return present<SavedNetwork>(saved, 'the saved model');
}

/** The network on the active backend; the caller disposes of it. @throws Error in which the library says why it cannot be built */
export async function buildNetwork({ topology, weights }: SavedNetwork): Promise<tfl.LayersModel> {
  const all = [...weights];
  return tfl.loadLayersModel(
    io.fromMemory({
      modelTopology: topology,
      weightSpecs: all.map(([name, { shape }]) => ({ name, shape: [...shape], dtype: 'float32' })),
      weightData: joined(all.map(([, { values }]) => values)),
    }),
  );
}

function joined(parts: readonly Float32Array[]): ArrayBuffer {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}
