import { z } from 'zod';
import {
  MODEL_REMEDY,
  type ModelFiles,
  type ModelSource,
  modelFilesAmong,
} from '../../domain/custom-model/files.ts';
import { readArchive } from '../../lib/archive.ts';
import { ProblemError } from '../../lib/problem.ts';
import { checkDepth, checkTopology } from '../standard-classes.ts';
import { flattened, networksIn } from './flatten.ts';
import { parsedBy } from './keras-layer.ts';
import { fromKeras3 } from './keras3.ts';
import { readWeights, type StoredWeight, weightsManifestSchema } from './weights.ts';

/** A custom model, read and checked, on no backend yet. */
export interface CustomModel {
  /** {class_name, config} in the form of Keras 2, without networks in it where that can be. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** By the name of the weight. */
  readonly weights: ReadonlyMap<string, StoredWeight>;
  /** Numbers in all weights together. */
  readonly parameters: number;
  /** Of a model downloaded from this program: how it scales bytes. */
  readonly scaling: { readonly mean: unknown; readonly divisor: unknown } | null;
  /** Names of the networks that it was made of. */
  readonly networks: readonly string[];
  /** Whether Teachable Machine made it. */
  readonly teachableMachine: boolean;
}

const layersModel = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: weightsManifestSchema,
});
const ofThisProgram = z.object({ preprocessing: z.object({ mean: z.unknown(), divisor: z.unknown() }) });
const ofTeachableMachine = z.object({ packageName: z.literal('@teachablemachine/image') });

/**
 * Reads a model out of a zip that may come from anywhere, and may hold other files too. See {@link readArchive},
 * {@link modelFilesAmong}, {@link fromKeras3}, {@link checkTopology} and {@link readWeights} for what is refused.
 *
 * @throws ProblemError
 */
export async function readCustomModel(file: Blob): Promise<CustomModel> {
  const archive = await readArchive(file);
  const files = await modelFilesAmong(
    [...archive].map(([path, data]) => ({ path, size: data.length, data, bytes: async () => data })),
  );
  const { json, description } = files;
  if (isGraphModel(json)) {
    throw new ProblemError(
      'This is a TensorFlow.js graph model, which cannot be trained: its weights are constants.',
      'Convert the original as a Layers model: tensorflowjs_converter --output_format=tfjs_layers_model.',
    );
  }
  const wrong = `${description.path} describes no TensorFlow.js Layers model`;
  const { modelTopology, weightsManifest } = parsedBy(layersModel, json, wrong, MODEL_REMEDY);
  const stored = modelTopology['model_config'] ?? modelTopology;
  checkDepth(stored);
  const nested = parsedBy(z.unknown().transform(fromKeras3), stored, wrong, MODEL_REMEDY);
  checkTopology(nested);
  const topology = flattened(nested);
  const data = new Map([...files.weights].map(([path, source]) => [path, source.data]));
  const weights = readWeights(weightsManifest, data);
  return {
    topology: { class_name: topology.class_name, config: topology.config },
    weights,
    parameters: [...weights.values()].reduce((sum, { values }) => sum + values.length, 0),
    scaling: await scalingOf(files),
    networks: networksIn(nested),
    teachableMachine: await isOfTeachableMachine(files),
  };
}

function isGraphModel(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if ('format' in json && json.format === 'graph-model') return true;
  const topology = 'modelTopology' in json ? json.modelTopology : null;
  return typeof topology === 'object' && topology !== null && 'node' in topology;
}

type Files = ModelFiles<ModelSource>;

/** What the manifest of a download of this program says; anything else is not asked. */
async function scalingOf(files: Files): Promise<CustomModel['scaling']> {
  const said = ofThisProgram.safeParse(await besideOf(files, 'manifest.json'));
  return said.success
    ? { mean: said.data.preprocessing.mean, divisor: said.data.preprocessing.divisor }
    : null;
}

const isOfTeachableMachine = async (files: Files): Promise<boolean> =>
  ofTeachableMachine.safeParse(await besideOf(files, 'metadata.json')).success;

/** The JSON of a file beside the model; null where there is none, or another file of that name. */
async function besideOf({ beside }: Files, name: string): Promise<unknown> {
  const source = beside.find(({ path }) => path.endsWith(name));
  if (!source) return null;
  try {
    return JSON.parse(new TextDecoder().decode(await source.bytes()));
  } catch {
    return null;
  }
}
