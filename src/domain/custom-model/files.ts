import { z } from 'zod';
import { ProblemError } from '../../lib/problem.ts';

/** A file among which a model is looked for. */
export interface ModelSource {
  /** With '/' between folders. */
  readonly path: string;
  readonly size: number;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The files of one model, found among others. */
export interface ModelFiles<S extends ModelSource> {
  readonly description: S;
  /** Content of the description. */
  readonly json: unknown;
  /** Weights files by the path that the description gives them, relative to itself. */
  readonly weights: ReadonlyMap<string, S>;
  /** What programs put beside a model to say more about it. */
  readonly beside: readonly S[];
}

export const MODEL_REMEDY =
  'Choose the model.json of a TensorFlow.js Layers model together with its .bin files, or a .zip of them.';

const MAX_JSON_BYTES = 32 * 1024 * 1024;
/** Descriptions of other things beside a model; more of them are not looked into. */
const MAX_JSONS = 200;
/** Files with more to say: this program's, and Teachable Machine's. */
const BESIDE = ['manifest.json', 'metadata.json'];

const described = z.object({ modelTopology: z.looseObject({}) });
const listed = z.object({
  weightsManifest: z.array(z.object({ paths: z.array(z.string().max(255)).max(1000) })).max(1000),
});

/**
 * Finds the one model among files that may be anything, e.g. a folder of downloads: its description, whatever its name, and
 * the weights files that it names. What a browser adds to the name of a file that it saves again, as in `weights (1).bin`, is
 * overlooked where there is no file of the very name.
 *
 * @throws ProblemError where there is none, or more than one, a weights file is missing or said to lie outside the folder
 */
export async function modelFilesAmong<S extends ModelSource>(sources: readonly S[]): Promise<ModelFiles<S>> {
  const { description, json } = await descriptionAmong(sources);
  const folder = folderOf(description.path);
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const manifest = listed.safeParse(json);
  const paths = (manifest.success ? manifest.data.weightsManifest : []).flatMap((group) => group.paths);
  const weights = new Map<string, S>();
  for (const path of paths) {
    const plain = plainPath(path);
    const saved = byPath.get(folder + plain) ?? savedAgain(folder + plain, description.path, sources);
    if (!saved) {
      throw new ProblemError(
        `The weights file "${plain.slice(0, 80)}" is missing.`,
        'Choose model.json and all of its .bin files together, or a .zip that holds them all.',
      );
    }
    weights.set(path, saved);
  }
  const beside = BESIDE.map((name) => byPath.get(folder + name)).filter((source) => source !== undefined);
  return { description, json, weights, beside: beside.filter((source) => source !== description) };
}

/** The files of a model by the names that they get in an archive of their own: those that its description says. */
export const archiveNames = <S extends ModelSource>({
  description,
  weights,
  beside,
}: ModelFiles<S>): Map<string, S> =>
  new Map([
    ['model.json', description],
    ...[...weights].map(([path, source]): [string, S] => [plainPath(path), source]),
    ...beside.map((source): [string, S] => [source.path.slice(folderOf(source.path).length), source]),
  ]);

/** The path of a weights file without './' in front. @throws ProblemError where it leads out of the folder */
function plainPath(path: string): string {
  if (/[\\:\p{Cc}]/u.test(path) || path.startsWith('/') || path.split('/').includes('..')) {
    throw new ProblemError(
      `The model asks for a weights file outside its folder ("${path.slice(0, 80)}").`,
      'The files are damaged or not all of one model: save or download the model again.',
    );
  }
  return path.replace(/^(\.\/)+/, '');
}

async function descriptionAmong<S extends ModelSource>(
  sources: readonly S[],
): Promise<{ readonly description: S; readonly json: unknown }> {
  const paths = new Set(sources.map(({ path }) => path));
  const jsons = sources.filter(
    ({ path }) => path.toLowerCase().endsWith('.json') && !isHidden(path) && !isWithHead(path, paths),
  );
  const models: { readonly description: S; readonly json: unknown }[] = [];
  let broken: ProblemError | null = null;
  for (const description of jsons.slice(0, MAX_JSONS)) {
    try {
      const json = await parsed(description);
      if (described.safeParse(json).success) models.push({ description, json });
    } catch (thrown) {
      if (!(thrown instanceof ProblemError)) throw thrown;
      if (jsons.length === 1 || isModelJson(description.path)) broken = thrown;
    }
  }
  const [only] = models;
  if (only && models.length === 1) return only;
  if (only) {
    const paths = models.map(({ description }) => description.path);
    throw new ProblemError(
      `There are ${models.length} models (${paths.slice(0, 3).join(', ').slice(0, 200)}), and it is not clear which one is meant.`,
      'Choose the files of one of them.',
    );
  }
  if (broken) throw broken;
  const keras = sources.find(({ path }) => /\.(h5|hdf5|keras)$/i.test(path));
  if (keras) {
    throw new ProblemError(
      `"${keras.path.slice(0, 80)}" is a Keras file, which TensorFlow.js does not read.`,
      'Convert it: tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model, then choose what that writes.',
    );
  }
  const named = jsons.find(({ path }) => isModelJson(path));
  throw new ProblemError(
    named
      ? `${named.path} describes no TensorFlow.js Layers model (it has no modelTopology).`
      : 'There is no model.json, so this is no TensorFlow.js model.',
    MODEL_REMEDY,
  );
}

async function parsed(source: ModelSource): Promise<unknown> {
  if (source.size > MAX_JSON_BYTES) throw new ProblemError(`${source.path} is too large.`, MODEL_REMEDY);
  const bytes = await source.bytes();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError(`${source.path} is no valid JSON, so this is no model.`, MODEL_REMEDY);
  }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const isModelJson = (path: string): boolean => /(^|\/)model[^/]*\.json$/i.test(path);
/** The same network again, of a download with its head. */
const isWithHead = (path: string, paths: ReadonlySet<string>): boolean =>
  path.endsWith('model-with-head.json') && paths.has(`${folderOf(path)}model.json`);
/** Of macOS and of editors. */
const isHidden = (path: string): boolean => /(^|\/)(\.|__MACOSX\/)/.test(path);

/** What browsers add in front of the ending: Chrome " (1)", Firefox "(1)", Safari "-1" or " 2". */
const ADDED = String.raw`(?: ?\(\d{1,3}\)|[ -]\d{1,3})`;
const addedTo = (path: string): string => new RegExp(`(${ADDED})\\.[^./]*$`).exec(path)?.[1] ?? '';

/** The file that was to have a path and got a number added: the same as the description, where there are several. */
function savedAgain<S extends ModelSource>(
  path: string,
  description: string,
  sources: readonly S[],
): S | null {
  const [, stem = path, ending = ''] = /^(.*?)(\.[^./]*)?$/s.exec(path) ?? [];
  const found = sources.filter(
    (source) =>
      source.path.startsWith(stem) &&
      source.path.endsWith(ending) &&
      new RegExp(`^${ADDED}$`).test(source.path.slice(stem.length, source.path.length - ending.length)),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  return found.find((source) => addedTo(source.path) === addedTo(description)) ?? null;
}
