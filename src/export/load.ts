import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readArchive } from '../lib/archive.ts';
import { ProblemError } from '../lib/problem.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { fromModelFiles } from './model-json.ts';
import { buildNetwork, type SavedNetwork } from './saved-network.ts';

const REMEDY = 'Choose a .zip that was downloaded from this program, as it was downloaded.';
/** A manifest with the centres of 20,000 people stays below this. */
const MAX_JSON_BYTES = 128 * 1024 * 1024;

/**
 * Opens a downloaded model. The zip may come from anywhere: see {@link readArchive}, {@link parseManifest} and
 * {@link fromModelFiles} for what is refused. The caller disposes of the model.
 *
 * @returns the network, [B, S, S, 3] or [B, S, S, 1] -> [B, D] (raw, neither flip-averaged nor normalised), and its manifest
 * @throws ProblemError
 */
export async function loadModelZip(file: Blob): Promise<{ model: LayersModel; manifest: Manifest }> {
  const files = await readArchive(file);
  const manifest = parseManifest(readJson(files, 'manifest.json'));
  const model = await openNetwork(fromModelFiles(readJson(files, 'model.json'), files));
  try {
    checkShapes(model, manifest);
    return { model, manifest };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/** The JSON of a file of a download. @throws ProblemError */
export function readJson(files: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  const data = files.get(name);
  if (data === undefined) throw new ProblemError(`The zip lacks ${name}.`, REMEDY);
  if (data.length > MAX_JSON_BYTES) throw new ProblemError(`${name} in the zip is too large.`, REMEDY);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    throw new ProblemError(`${name} in the zip is no valid JSON.`, REMEDY);
  }
}

/** @throws ProblemError where the topology and the weights do not fit together */
export async function openNetwork(saved: SavedNetwork): Promise<LayersModel> {
  try {
    return await buildNetwork(saved);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ProblemError(`The network in the zip cannot be built: ${detail.slice(0, 200)}`, REMEDY);
  }
}

function checkShapes(model: LayersModel, manifest: Manifest): void {
  const edge = manifest.preprocessing.inputSize;
  const expected = `${edge} x ${edge} x ${manifest.preprocessing.channels === 'luminance' ? 1 : 3}`;
  const takes = model.inputs.map((input) => input.shape.slice(1).join(' x ')).join(', ');
  const gives = model.outputs.map((output) => output.shape.slice(1).join(' x ')).join(', ');
  if (takes === expected && gives === `${manifest.embedding.size}`) return;
  throw new ProblemError(
    `The network takes ${takes} and gives ${gives}, but its manifest says ${expected} and ${manifest.embedding.size}.`,
    REMEDY,
  );
}
