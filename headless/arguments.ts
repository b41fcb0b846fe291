import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parsePartialConfig } from '../src/config/parse.ts';
import type { TrainingConfig } from '../src/config/training-config.ts';
import { parsePairs } from '../src/dataset/pairs.ts';
import { WITH_HEAD_FORMAT } from '../src/domain/export/export-format.ts';
import { WEIGHT_PRECISIONS, type WeightPrecision } from '../src/domain/export/weight-precision.ts';
import {
  DEFAULT_OPERATING_POINT,
  OPERATING_POINTS,
  type OperatingPointName,
} from '../src/domain/operating-point.ts';
import { present } from '../src/lib/assert.ts';
import { ProblemError } from '../src/lib/problem.ts';
import { unreachable } from '../src/lib/unreachable.ts';
import { PRETRAINED, readOptions, type Values } from './options.ts';
import { file, folder, jsonOf, outFile, outFolder, photos, survey, textOf } from './paths.ts';

export type Command =
  | {
      readonly kind: 'train';
      readonly data: string;
      readonly verify: string | null;
      readonly pairs: string | null;
      /** The person's own network: a folder or a .zip. */
      readonly model: string | null;
      readonly config: TrainingConfig;
      readonly operatingPoint: OperatingPointName;
      /** The folder that many levels below the data names the person; null finds out. */
      readonly personLevel: number | null;
      readonly out: string;
      readonly softwareGpu: boolean;
    }
  | {
      readonly kind: 'embed';
      readonly model: string;
      readonly data: string;
      readonly backend: TrainingConfig['backend'];
      readonly out: string;
      readonly softwareGpu: boolean;
    }
  | {
      readonly kind: 'recognise';
      /** A folder or a .zip; null for the pretrained network. */
      readonly model: string | null;
      readonly gallery: Gallery | null;
      /** Cosine; null for the model's. */
      readonly threshold: number | null;
      readonly data: string;
      /** Of the gallery's folder, as for training. */
      readonly personLevel: number | null;
      readonly out: string;
      readonly softwareGpu: boolean;
    }
  | {
      readonly kind: 'export';
      readonly model: string;
      /** Id of an export format. */
      readonly format: string;
      /** How the weights are stored; null: as in the given file. */
      readonly precision: WeightPrecision | null;
      /** With the ArcFace head. */
      readonly withHead: boolean;
      readonly out: string;
    }
  | {
      readonly kind: 'find-rate';
      readonly data: string;
      readonly model: string | null;
      readonly config: TrainingConfig;
      /** The folder that many levels below the data names the person; null finds out. */
      readonly personLevel: number | null;
      readonly out: string | null;
      readonly softwareGpu: boolean;
    }
  | {
      readonly kind: 'crops';
      readonly data: string;
      readonly config: TrainingConfig;
      /** The folder that many levels below the data names the person; null finds out. */
      readonly personLevel: number | null;
      readonly out: string;
    }
  | TraceCommand;

/** Where the people come from: photos in folders or a .zip of them, or a file that was saved. */
export interface Gallery {
  readonly kind: 'photos' | 'saved';
  readonly path: string;
}

export type TraceCommand =
  | {
      readonly kind: 'trace-init';
      readonly config: TrainingConfig;
      readonly classes: number;
      readonly steps: number;
      readonly out: string;
    }
  | {
      readonly kind: 'trace';
      readonly folder: string;
      readonly config: TrainingConfig;
      readonly out: string;
      readonly softwareGpu: boolean;
    };

export interface Help {
  readonly kind: 'help';
  readonly text: string;
}

/**
 * Reads the command line, and looks at the files that it names: what is wrong with them is said before anything is done.
 *
 * @param formats ids of the export formats; only the command `export` needs them
 * @throws ProblemError with a sentence that says what is wrong
 */
export function parseCommand(argv: readonly string[], formats: readonly string[] = []): Command | Help {
  const parsed = readOptions(argv, formats);
  if (parsed.help !== null) return { kind: 'help', text: parsed.help };
  const { command, values } = parsed;
  const softwareGpu = values['software-gpu'] !== undefined;
  switch (command) {
    case 'train':
      return { kind: command, ...trainOf(values), softwareGpu };
    case 'find-rate': {
      const out = values.out === undefined ? null : outFile(values.out);
      return {
        kind: command,
        data: dataOf(values),
        ...customModel(values),
        personLevel: personLevel(values),
        out,
        softwareGpu,
      };
    }
    case 'embed':
      return {
        kind: command,
        data: dataOf(values),
        model: photos('--model', given(values.model)),
        backend: configOf(values).backend,
        out: outFile(given(values.out)),
        softwareGpu,
      };
    case 'recognise':
      return { kind: command, ...recogniseOf(values), softwareGpu };
    case 'export':
      return {
        kind: command,
        model: photos('--model', given(values.model)),
        precision: precisionOf(values.quantise),
        ...formatOf(formats, values),
        out: outFolder(given(values.out)),
      };
    case 'crops':
      return {
        kind: command,
        data: dataOf(values),
        config: configOf(values),
        personLevel: personLevel(values),
        out: outFolder(given(values.out)),
      };
    case 'trace-init':
      return {
        kind: command,
        config: configOf(values),
        classes: between('--classes', values.classes ?? '10', 2, 100_000),
        steps: between('--steps', values.steps ?? '20', 1, 1000),
        out: outFolder(given(values.out)),
      };
    case 'trace':
      return { kind: command, ...traceOf(values), softwareGpu };
    default:
      return unreachable(command);
  }
}

/** An option that the command needs: without it readOptions would have thrown. */
const given = (value: string | undefined): string => present(value, 'an option that is needed');

const dataOf = (values: Values): string => photos('--data', given(values.data));

function trainOf(values: Values) {
  if (values.pairs !== undefined && values.verify === undefined) {
    throw new ProblemError(
      '--pairs names photos of the --verify folder, which was not given.',
      'Add --verify DIR.',
    );
  }
  const data = dataOf(values);
  const verify = values.verify === undefined ? null : folder('--verify', values.verify);
  const pairs = values.pairs === undefined ? null : textOf('--pairs', values.pairs);
  if (pairs !== null && verify !== null) checkPairs(pairs, verify);
  const operatingPoint = operatingPointOf(values['operating-point'] ?? DEFAULT_OPERATING_POINT);
  const out = outFolder(given(values.out));
  return {
    data,
    verify,
    pairs,
    ...customModel(values),
    operatingPoint,
    personLevel: personLevel(values),
    out,
  };
}

function recogniseOf(values: Values) {
  const model = given(values.model);
  const gallery = values.gallery === undefined ? null : galleryOf(values.gallery);
  if (model === PRETRAINED && gallery === null) {
    throw new ProblemError(
      '--gallery is missing: the pretrained network knows nobody.',
      'Add --gallery with a folder per person, or a saved gallery.',
    );
  }
  const level = personLevel(values);
  if (level !== null && gallery?.kind !== 'photos') {
    throw new ProblemError(
      '--person-level says which folder of the --gallery names the person, but there is no such folder.',
      'Leave it out, or give --gallery a folder.',
    );
  }
  return {
    model: model === PRETRAINED ? null : photos('--model', model),
    gallery,
    threshold: values.threshold === undefined ? null : cosine('--threshold', values.threshold),
    data: folder('--data', given(values.data)),
    personLevel: level,
    out: outFile(given(values.out)),
  };
}

function galleryOf(value: string): Gallery {
  if (!value.toLowerCase().endsWith('.json')) return { kind: 'photos', path: photos('--gallery', value) };
  return { kind: 'saved', path: file('--gallery', value) };
}

/** A mistake in a pairs file is told here; whether each photo is there is known once the folder has been read. */
function checkPairs(text: string, verify: string): void {
  const people = new Set(
    parsePairs(text).folds.flatMap((fold) => fold.flatMap(({ a, b }) => [a.name, b.name])),
  );
  const { folders, archives } = survey(verify);
  if (archives) return;
  // Two people of one name are told apart by the folder above, in brackets.
  const isThere = (name: string): boolean =>
    folders.has(name.normalize('NFC')) || folders.has(name.normalize('NFC').replace(/ \([^()]*\)$/, ''));
  const absent = [...people].filter((name) => !isThere(name));
  if (absent.length === 0) return;
  const few = absent.slice(0, 5).join(', ') + (absent.length > 5 ? ` and ${absent.length - 5} more` : '');
  throw new ProblemError(
    `--pairs names ${absent.length === 1 ? 'a person' : `${absent.length} people`} without a folder in ${verify}: ${few}.`,
    'Give the pairs file that belongs to these photos, or the folder with all of them.',
  );
}

/** The settings, and the own network where there is one. */
function customModel(values: Values): { readonly config: TrainingConfig; readonly model: string | null } {
  const config = configOf(values);
  const asked = config.backbone.kind === 'custom';
  if (values.model === undefined) {
    if (!asked) return { config, model: null };
    throw new ProblemError(
      '--model is missing: the settings ask for a custom model.',
      'Add --model DIR_OR_ZIP.',
    );
  }
  const model = photos('--model', values.model);
  if (asked || !('backbone' in fileOf(values))) return { config, model };
  throw new ProblemError(
    `--model gives a custom model, but the settings ask for "${config.backbone.kind}".`,
    'Leave "backbone" out of the --config file, or give it the kind "custom".',
  );
}

/** The settings of the --config file. */
const fileOf = (values: Values): object =>
  values.config === undefined ? {} : jsonOf('--config', values.config);

/** The settings of a file, completed by the preset, and those of the command line over them. */
function configOf(values: Values): TrainingConfig {
  return parsePartialConfig({
    ...fileOf(values),
    ...(values.preset === undefined ? {} : { preset: values.preset }),
    ...(values.backend === undefined ? {} : { backend: values.backend }),
    ...(values.epochs === undefined ? {} : { epochs: wholeNumber('--epochs', values.epochs) }),
    ...(values.seed === undefined ? {} : { seed: wholeNumber('--seed', values.seed) }),
  });
}

function traceOf(values: Values) {
  const path = folder('--in', given(values.in));
  for (const name of ['config.json', 'init.safetensors', 'batches.safetensors']) {
    if (existsSync(join(path, name))) continue;
    throw new ProblemError(
      `--in: ${join(path, name)} does not exist.`,
      'Give a folder that trace-init has written, or one like it.',
    );
  }
  const config = jsonOf('--in', join(path, 'config.json'));
  return {
    folder: path,
    config: parsePartialConfig({ ...config, backend: given(values.backend) }),
    out: outFile(values.out ?? join(path, 'losses.json')),
  };
}

const personLevel = (values: Values): number | null =>
  values['person-level'] === undefined ? null : between('--person-level', values['person-level'], 1, 50);

function formatOf(formats: readonly string[], values: Values) {
  const format = formatIn(formats, given(values.format));
  const withHead = values['with-head'] !== undefined;
  if (!withHead || format === WITH_HEAD_FORMAT) return { format, withHead };
  throw new ProblemError(
    `--with-head is for the format ${WITH_HEAD_FORMAT} only, not for ${format}.`,
    `Leave it out, or give --format ${WITH_HEAD_FORMAT}.`,
  );
}

function formatIn(formats: readonly string[], value: string): string {
  if (formats.includes(value)) return value;
  throw new ProblemError(`There is no export format "${value}".`, `Choose one of: ${formats.join(', ')}.`);
}

function precisionOf(value: string | undefined): WeightPrecision | null {
  if (value === undefined) return null;
  const smaller = WEIGHT_PRECISIONS.filter((name) => name !== 'float32');
  const known = smaller.find((name) => name === value);
  if (known) return known;
  throw new ProblemError(`Weights cannot be stored as "${value}".`, `Choose ${smaller.join(' or ')}.`);
}

function operatingPointOf(value: string): OperatingPointName {
  const known = OPERATING_POINTS.find((name) => name === value);
  if (known) return known;
  throw new ProblemError(`There is no operating point "${value}".`, `Choose ${OPERATING_POINTS.join(', ')}.`);
}

function wholeNumber(name: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new ProblemError(`${name} must be a whole number, not "${value}".`, `Example: ${name} 10`);
}

function cosine(name: string, value: string): number {
  const number = /^-?\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= -1 && number <= 1) return number;
  throw new ProblemError(`${name} must be a number from -1 to 1, not "${value}".`, `Example: ${name} 0.5`);
}

function between(name: string, value: string, least: number, most: number): number {
  const number = wholeNumber(name, value);
  if (number >= least && number <= most) return number;
  throw new ProblemError(`${name} must be ${least} to ${most}, not ${value}.`, `Example: ${name} 10`);
}
