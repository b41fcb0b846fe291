import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parsePartialConfig } from '../src/config/parse.ts';
import { presetName, type TrainingConfig } from '../src/config/training-config.ts';
import { parsePairs } from '../src/dataset/pairs.ts';
import {
  DEFAULT_OPERATING_POINT,
  OPERATING_POINTS,
  type OperatingPointName,
} from '../src/domain/operating-point.ts';
import { ProblemError } from '../src/lib/problem.ts';

export const USAGE = `Usage:
  npm run headless -- train --data DIR_OR_ZIP [--verify DIR [--pairs PAIRS.txt]]
      [--preset quick|finetune|scratch] [--config FILE.json] [--backend simd|webgpu|webgl|cpu]
      [--epochs N] [--seed N] [--model DIR_OR_ZIP] [--operating-point NAME] [--software-gpu] --out DIR
  npm run headless -- find-rate --data DIR_OR_ZIP [--preset NAME] [--config FILE.json] [--backend NAME] [--seed N]
      [--model DIR_OR_ZIP] [--software-gpu] [--out FILE.json]
  npm run headless -- embed --model DIR_OR_ZIP --data DIR_OR_ZIP [--backend NAME] --out FILE.json
  npm run headless -- trace-init --config FILE.json [--classes N] [--steps N] --out DIR
  npm run headless -- trace --in DIR --backend NAME [--software-gpu] [--out FILE.json]

--model     for train: a custom TensorFlow.js Layers model takes the place of the preset's network. What its files
            do not say is guessed, and the guesses are among the remarks; to say it yourself, give in --config
            {"backbone": {"kind": "custom", "inputSize": 112, "range": "unit", "frozenUpTo": "LAYER", "cutSoftmax": false}}
--config    settings that differ from the preset, as JSON
--verify    people kept out of training altogether; the figures are of them
--pairs     which of their photos to compare, in the syntax of LFW's pairs.txt
--operating-point  how the threshold in the model's file is chosen: ${OPERATING_POINTS.join(', ')}
            (${DEFAULT_OPERATING_POINT} if not said)
find-rate   tries learning rates on a few steps each and suggests one; the curve goes into the file
trace-init  writes config.json, init.safetensors (initial weights) and batches.safetensors (drawn pictures and labels;
            10 classes and 20 steps if not said): a training run that any program can repeat
trace       trains on exactly those files, one step a batch, and writes losses.json into the folder
--software-gpu  lets the browser emulate a GPU (right but very slow: for checks)
`;

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
      readonly kind: 'find-rate';
      readonly data: string;
      readonly model: string | null;
      readonly config: TrainingConfig;
      readonly out: string | null;
      readonly softwareGpu: boolean;
    }
  | TraceCommand;

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

type Values = ReturnType<typeof readArguments>['values'];

/** Reads the command line. @throws ProblemError with a sentence that says what is wrong. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = readArguments(argv);
  const kind = positionals[0];
  const softwareGpu = values['software-gpu'] ?? false;
  if (kind === 'trace-init') return traceInit(values);
  if (kind === 'trace') return trace(values, softwareGpu);
  if (kind !== 'train' && kind !== 'embed' && kind !== 'find-rate') {
    throw new ProblemError(kind ? `There is no command "${kind}".` : 'No command was given.', `\n\n${USAGE}`);
  }
  const data = existing('--data', values.data);
  if (kind === 'embed') {
    return {
      kind,
      data,
      model: existing('--model', values.model),
      backend: parsePartialConfig({ backend: values.backend ?? 'auto' }).backend,
      out: resolve(needed('--out', values.out)),
      softwareGpu,
    };
  }
  if (kind === 'find-rate') {
    const out = values.out === undefined ? null : resolve(values.out);
    return { kind, data, ...customModel(values), out, softwareGpu };
  }
  if (values.pairs !== undefined && values.verify === undefined) {
    throw new ProblemError(
      '--pairs names photos of the --verify folder, which was not given.',
      'Add --verify DIR.',
    );
  }
  return {
    kind,
    data,
    verify: values.verify === undefined ? null : existing('--verify', values.verify),
    pairs: values.pairs === undefined ? null : readPairs(existing('--pairs', values.pairs)),
    ...customModel(values),
    operatingPoint: operatingPoint(values['operating-point'] ?? DEFAULT_OPERATING_POINT),
    out: resolve(needed('--out', values.out)),
    softwareGpu,
  };
}

/** The settings, and the own network where there is one. */
function customModel(values: Values): { readonly config: TrainingConfig; readonly model: string | null } {
  const config = configOf(values);
  const asked = config.backbone.kind === 'custom';
  if (values.model === undefined && !asked) return { config, model: null };
  const model = existing('--model', values.model);
  if (asked || !('backbone' in fileOf(values))) return { config, model };
  throw new ProblemError(
    `--model gives a custom model, but the settings ask for "${config.backbone.kind}".`,
    'Leave "backbone" out of the --config file, or give it the kind "custom".',
  );
}

/** The settings of the --config file. */
const fileOf = (values: Values): object =>
  values.config === undefined ? {} : readJson('--config', existing('--config', values.config));

/** The settings of a file, completed by the preset, and those of the command line over them. */
function configOf(values: Values): TrainingConfig {
  return parsePartialConfig({
    ...fileOf(values),
    ...(values.preset === undefined ? {} : { preset: preset(values.preset) }),
    ...(values.backend === undefined ? {} : { backend: values.backend }),
    ...(values.epochs === undefined ? {} : { epochs: wholeNumber('--epochs', values.epochs) }),
    ...(values.seed === undefined ? {} : { seed: wholeNumber('--seed', values.seed) }),
  });
}

function traceInit(values: Values): TraceCommand {
  needed('--config', values.config);
  return {
    kind: 'trace-init',
    config: configOf(values),
    classes: between('--classes', values.classes ?? '10', 2, 100_000),
    steps: between('--steps', values.steps ?? '20', 1, 1000),
    out: resolve(needed('--out', values.out)),
  };
}

function trace(values: Values, softwareGpu: boolean): TraceCommand {
  const folder = existing('--in', values.in);
  const file = existing('--in', join(folder, 'config.json'));
  const backend = needed('--backend', values.backend);
  return {
    kind: 'trace',
    folder,
    config: parsePartialConfig({ ...readJson('--in', file), backend }),
    out: values.out === undefined ? join(folder, 'losses.json') : resolve(values.out),
    softwareGpu,
  };
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        verify: { type: 'string' },
        pairs: { type: 'string' },
        preset: { type: 'string' },
        config: { type: 'string' },
        backend: { type: 'string' },
        epochs: { type: 'string' },
        seed: { type: 'string' },
        model: { type: 'string' },
        'operating-point': { type: 'string' },
        in: { type: 'string' },
        classes: { type: 'string' },
        steps: { type: 'string' },
        out: { type: 'string' },
        'software-gpu': { type: 'boolean' },
      },
    });
  } catch (thrown) {
    throw new ProblemError(thrown instanceof Error ? thrown.message : String(thrown), `\n\n${USAGE}`);
  }
}

function preset(value: string): TrainingConfig['preset'] {
  const known = presetName.safeParse(value);
  if (known.success) return known.data;
  throw new ProblemError(`There is no preset "${value}".`, `Choose ${presetName.options.join(', ')}.`);
}

function operatingPoint(value: string): OperatingPointName {
  const known = OPERATING_POINTS.find((name) => name === value);
  if (known) return known;
  throw new ProblemError(`There is no operating point "${value}".`, `Choose ${OPERATING_POINTS.join(', ')}.`);
}

function needed(name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new ProblemError(`${name} is missing.`, `\n\n${USAGE}`);
}

function existing(name: string, value: string | undefined): string {
  const path = resolve(needed(name, value));
  if (existsSync(path)) return path;
  throw new ProblemError(`${name}: ${path} does not exist.`, 'Check the path.');
}

function wholeNumber(name: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new ProblemError(`${name} must be a whole number, not "${value}".`, `Example: ${name} 10`);
}

function between(name: string, value: string, least: number, most: number): number {
  const number = wholeNumber(name, value);
  if (number >= least && number <= most) return number;
  throw new ProblemError(`${name} must be ${least} to ${most}, not ${value}.`, `Example: ${name} 10`);
}

/** The text of a pairs file; a mistake in it is told before any photo is read. */
function readPairs(path: string): string {
  const text = readText('--pairs', path);
  parsePairs(text);
  return text;
}

function readText(name: string, path: string): string {
  if (statSync(path).isFile()) return readFileSync(path, 'utf8');
  throw new ProblemError(`${name}: ${path} is no file.`, 'Give the path of a file.');
}

function readJson(name: string, path: string): object {
  const text = readText(name, path);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // falls through to the sentence below
  }
  throw new ProblemError(
    `${path} is not a JSON object.`,
    'It holds settings like {"epochs": 20, "seed": 3}.',
  );
}
