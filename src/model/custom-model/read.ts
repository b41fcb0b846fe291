import { z } from 'zod';
import { readArchive } from '../../lib/archive.ts';
import { ProblemError } from '../../lib/problem.ts';
import { checkTopology } from '../standard-classes.ts';
import { readWeights, type StoredWeight, weightsManifestSchema } from './weights.ts';

/** A custom model, read and checked, on no backend yet. */
export interface CustomModel {
  /** As in model.json, e.g. {class_name, config}. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** By the name of the weight. */
  readonly weights: ReadonlyMap<string, StoredWeight>;
  /** Numbers in all weights together. */
  readonly parameters: number;
  /** Of a model downloaded from this program: how it scales bytes. */
  readonly scaling: { readonly mean: unknown; readonly divisor: unknown } | null;
}

const MAX_JSON_BYTES = 32 * 1024 * 1024;
const REMEDY =
  'Choose the model.json of a TensorFlow.js Layers model together with its .bin files, or a .zip of them.';

const layersModel = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: weightsManifestSchema,
});
const ofThisProgram = z.object({ preprocessing: z.object({ mean: z.unknown(), divisor: z.unknown() }) });

/**
 * Reads a model out of a zip that may come from anywhere: one description (model.json, or the only .json that there is)
 * and the weights files beside it. See {@link readArchive}, {@link checkTopology} and {@link readWeights} for what is
 * refused.
 *
 * @throws ProblemError
 */
export async function readCustomModel(file: Blob): Promise<CustomModel> {
  const files = await readArchive(file);
  const path = descriptionIn([...files.keys()]);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const json = parseJson(files.get(path), path);
  if (isGraphModel(json)) {
    throw new ProblemError(
      'This is a TensorFlow.js graph model, which cannot be trained: its weights are constants.',
      'Convert the original as a Layers model: tensorflowjs_converter --output_format=tfjs_layers_model.',
    );
  }
  const parsed = layersModel.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.map(String).join('.') || 'all of it';
    throw new ProblemError(
      `${path} describes no TensorFlow.js Layers model (${where}: ${issue?.message}).`,
      REMEDY,
    );
  }
  const { modelTopology, weightsManifest } = parsed.data;
  const inner = modelTopology['model_config'];
  const topology = z.record(z.string(), z.unknown()).parse(inner ?? modelTopology);
  if (JSON.stringify(topology).includes('"DTypePolicy"')) {
    throw new ProblemError(
      'The model was saved by Keras 3, whose files TensorFlow.js does not read.',
      'Save it with Keras 2 (the Python package tf_keras), then convert it again.',
    );
  }
  checkTopology(topology);
  const weights = readWeights(weightsManifest, files, folder);
  return {
    topology,
    weights,
    parameters: [...weights.values()].reduce((sum, { values }) => sum + values.length, 0),
    scaling: scalingOf(files.get(`${folder}manifest.json`)),
  };
}

function descriptionIn(names: readonly string[]): string {
  const named = names.filter((name) => /(^|\/)model\.json$/.test(name));
  const jsons = names.filter((name) => name.endsWith('.json') && !name.startsWith('__MACOSX/'));
  const found = named.length > 0 ? named : jsons;
  const [only] = found;
  const keras = names.find((name) => /\.(h5|hdf5|keras)$/i.test(name));
  if (named.length === 0 && keras !== undefined) {
    throw new ProblemError(
      `"${keras.slice(0, 80)}" is a Keras file, which TensorFlow.js does not read.`,
      'Convert it: tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model, then choose what that writes.',
    );
  }
  if (only !== undefined && found.length === 1) return only;
  throw new ProblemError(
    only === undefined
      ? 'There is no model.json, so this is no TensorFlow.js model.'
      : `There are ${found.length} descriptions (${found.slice(0, 3).join(', ')}), and it is not clear which one is the model.`,
    REMEDY,
  );
}

function parseJson(data: Uint8Array | undefined, path: string): unknown {
  if (data === undefined || data.length > MAX_JSON_BYTES)
    throw new ProblemError(`${path} is too large.`, REMEDY);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    throw new ProblemError(`${path} is no valid JSON, so this is no model.`, REMEDY);
  }
}

function isGraphModel(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if ('format' in json && json.format === 'graph-model') return true;
  const topology = 'modelTopology' in json ? json.modelTopology : null;
  return typeof topology === 'object' && topology !== null && 'node' in topology;
}

/** What the manifest of a download of this program says; anything else is not asked. */
function scalingOf(data: Uint8Array | undefined): CustomModel['scaling'] {
  if (data === undefined) return null;
  try {
    const { preprocessing } = ofThisProgram.parse(JSON.parse(new TextDecoder().decode(data)));
    return { mean: preprocessing.mean, divisor: preprocessing.divisor };
  } catch {
    return null; // another file of that name
  }
}
