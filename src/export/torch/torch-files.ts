import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { readArchive } from '../../lib/archive.ts';
import { present } from '../../lib/assert.ts';
import { type SafeTensor, Safetensors, writeSafetensors } from '../../lib/binary/safetensors.ts';
import { ProblemError } from '../../lib/problem.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { ExportedModel } from '../formats/format.ts';
import { type Manifest, precisionOf } from '../manifest.ts';
import { type Stored, storedAs } from '../precision/stored-as.ts';
import { type DescribedNetwork, describeNetwork } from './describe-network.ts';
import { type Graph, graphSchema } from './graph.ts';
import { runGraph } from './run-graph.ts';
import { torchTraining } from './training-settings.ts';

export const WEIGHTS = 'weights.safetensors';
const REMEDY = 'Download it again.';
/** A graph has about 200 bytes a node, a configuration the names of the people besides. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** The network in PyTorch's layout, and what config.json says of it. */
export interface TorchModel {
  readonly described: DescribedNetwork;
  readonly config: Readonly<Record<string, unknown>> & { readonly graph: Graph };
}

/** @throws ProblemError naming a layer that cannot be written; CancelledError */
export async function describeForTorch(
  { model, manifest }: ExportedModel,
  signal: AbortSignal,
): Promise<TorchModel> {
  const described = await describeNetwork(model, signal);
  const { program, name, created, preprocessing, embedding, threshold, people, training, scale } = manifest;
  return {
    described,
    config: {
      formatVersion: 1,
      program,
      name,
      created,
      preprocessing,
      embedding,
      threshold,
      people: people.map((person) => person.name),
      graph: described.graph,
      training: torchTraining(model, described, training, scale.value),
    },
  };
}

/** The network's tensors as the manifest says that weights are stored, and `centres` [K, D] where there are people; texts in the header. */
export async function writeWeights(
  { tensors }: DescribedNetwork,
  manifest: Manifest,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { people, embedding } = manifest;
  const precision = precisionOf(manifest);
  const stored = tensors.map((tensor) => ({
    ...tensor,
    values: numbersOf(storedAs(tensor.values, precision)),
  }));
  const centres = Float32Array.from(people.flatMap(({ centre }) => centre));
  const file = writeSafetensors(
    [...stored, { name: 'centres', shape: [people.length, embedding.size], values: centres }],
    { format: 'pt', ...metadata },
  );
  return new Uint8Array(await file.arrayBuffer());
}

function numbersOf(stored: Stored): SafeTensor['values'] {
  switch (stored.type) {
    case 'float32':
    case 'int8':
      return stored.values;
    case 'float16':
      return stored.halves;
    default:
      return unreachable(stored);
  }
}

/**
 * Opens a .zip with a .safetensors file and computes its network, outside of training.
 *
 * @param graphOf the text of the graph's JSON, out of the files of the zip
 * @returns raw embeddings [F, D], row by row
 * @throws ProblemError where something is missing or damaged
 */
export async function runTorchZip(
  zip: Blob,
  weights: string,
  graphOf: (files: ReadonlyMap<string, Uint8Array>, opened: Safetensors) => string | undefined,
  faces: tf.Tensor4D,
): Promise<Float32Array> {
  const files = await readArchive(zip);
  const bytes = files.get(weights);
  if (!bytes) throw new ProblemError(`The zip lacks ${weights}.`, REMEDY);
  const opened = await Safetensors.open(new Blob([bytes]), weights);
  return runGraph(parseGraph(graphOf(files, opened)), opened, faces);
}

/** The text of a file; undefined where there is none, or it is absurdly large. */
export function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string | undefined {
  const data = files.get(name);
  return data && data.length <= MAX_JSON_BYTES ? new TextDecoder().decode(data) : undefined;
}

function parseGraph(text: string | undefined): Graph {
  if (text === undefined) throw new ProblemError('The zip lacks the description of its network.', REMEDY);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError('The description of the network in the zip is no JSON.', REMEDY);
  }
  const whole = z.object({ graph: graphSchema }).safeParse(value);
  if (whole.success) return whole.data.graph;
  const issue = present(whole.error.issues[0], 'an issue');
  throw new ProblemError(
    `The description of the network in the zip is not valid: ${issue.path.map(String).join('.')}: ${issue.message}.`,
    REMEDY,
  );
}
