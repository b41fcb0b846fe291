import { parseArgs } from 'node:util';
import { DEFAULT_OPERATING_POINT, OPERATING_POINTS } from '../src/domain/operating-point.ts';
import { ProblemError } from '../src/lib/problem.ts';

/** What the program is called by. */
const PROGRAM = 'npm run headless --';

/** The value of --model that stands for the pretrained network. */
export const PRETRAINED = 'pretrained';

interface Option {
  /** What its value is, in capitals; null for a switch. */
  readonly value: string | null;
  readonly about: string;
}

const OPTIONS = {
  data: { value: 'DIR_OR_ZIP', about: 'photos: one folder per person, or a .zip of such folders' },
  verify: {
    value: 'DIR',
    about: 'people who are used for nothing else: the verification figures are of them',
  },
  pairs: {
    value: 'PAIRS.txt',
    about: "which photos of the --verify folder to compare, in the syntax of LFW's pairs.txt",
  },
  preset: { value: 'NAME', about: 'training mode: quick (if not given), finetune or scratch' },
  config: { value: 'FILE.json', about: 'settings that differ from the preset' },
  backend: { value: 'NAME', about: 'auto (if not given), webgpu, simd, webgl or cpu' },
  epochs: { value: 'N', about: 'passes over the training photos' },
  seed: { value: 'N', about: 'of the random numbers' },
  model: { value: 'DIR_OR_ZIP', about: 'a TensorFlow.js Layers model: a folder with model.json, or a .zip' },
  gallery: {
    value: 'DIR_OR_FILE',
    about:
      'the people to be recognised: one folder per person, a .zip of such folders, or a saved gallery (.json)',
  },
  'operating-point': {
    value: 'NAME',
    about: `how the threshold is chosen: ${OPERATING_POINTS.join(', ')} (${DEFAULT_OPERATING_POINT} if not given)`,
  },
  threshold: {
    value: 'COSINE',
    about: "similarity from which on a face has a name; the model's if not given",
  },
  'person-level': { value: 'N', about: 'which folder names the person: 1 for those directly in --data' },
  format: { value: 'ID', about: 'what the model is written as' },
  quantise: {
    value: 'PRECISION',
    about: 'stores the weights as float16 or int8; as in the given file if not given',
  },
  'with-head': {
    value: null,
    about: 'for --format tfjs: with the ArcFace head, to continue training elsewhere',
  },
  in: { value: 'DIR', about: 'folder that trace-init has written, or one like it' },
  classes: { value: 'N', about: 'classes of the drawn labels; 10 if not given' },
  steps: { value: 'N', about: 'steps, one a batch; 20 if not given' },
  out: { value: 'PATH', about: 'where the result goes' },
  'software-gpu': { value: null, about: 'lets the browser emulate a GPU: right but very slow, for checks' },
} satisfies Readonly<Record<string, Option>>;

type OptionName = keyof typeof OPTIONS;

interface CommandDescription {
  readonly about: string;
  readonly needed: readonly OptionName[];
  readonly options: readonly OptionName[];
  /** What --out names. */
  readonly out: string;
  /** What else there is to know. */
  readonly more?: string;
}

const FOLDER = 'DIR';
const FILE = 'FILE.json';

const COMMANDS = {
  train: {
    about: 'trains a model on folders of photos, measures it and writes it',
    needed: ['data', 'out'],
    options: [
      'verify',
      'pairs',
      'preset',
      'config',
      'backend',
      'epochs',
      'seed',
      'model',
      'operating-point',
      'person-level',
      'software-gpu',
    ],
    out: FOLDER,
    more: `--out gets the .zip of the model, the same unpacked in model/, and report.json.

--config holds settings such as {"learningRate": 3e-4, "margin": {"kind": "cosface"}}: what is left out comes from the
preset, or from the defaults of that kind of margin or backbone.

--model takes the place of the preset's network. What its files do not say is guessed, and the guesses are among the
remarks; to set it yourself, give in --config
{"backbone": {"kind": "custom", "inputSize": 112, "range": "unit", "frozenUpTo": "LAYER", "cutSoftmax": false}}.`,
  },
  'find-rate': {
    about: 'tries learning rates on a few steps each and suggests one',
    needed: ['data'],
    options: ['preset', 'config', 'backend', 'seed', 'model', 'person-level', 'out', 'software-gpu'],
    out: FILE,
    more: '--out gets the curve.',
  },
  embed: {
    about: 'writes one embedding per photo, in the order of the sorted paths',
    needed: ['model', 'data', 'out'],
    options: ['backend', 'software-gpu'],
    out: FILE,
  },
  recognise: {
    about: 'finds all faces in photos and names them',
    needed: ['model', 'data', 'out'],
    options: ['gallery', 'threshold', 'person-level', 'software-gpu'],
    out: FILE,
    more: `--model is one that was trained with this program, or the word ${PRETRAINED} for MobileFaceNet as it comes.

--gallery replaces the people of the model's training. People of a folder are enrolled from their photos, without training.

--out gets an object a photo, in the order of the sorted paths: {"photo", "faces": [{"box", "name", "similarity", "second"}]};
"name" is null for a face below the threshold.`,
  },
  export: {
    about: 'writes a downloaded model in another format',
    needed: ['model', 'format', 'out'],
    options: ['quantise', 'with-head'],
    out: FOLDER,
    more: `--model is a TensorFlow.js download of this program, as a .zip or unpacked. --out gets the file, which is loaded again and compared
first: the line on stdout has the largest difference of a number of an embedding of length 1.

--quantise int8 stores 8-bit weights with a scale for each output channel: a quarter of the size. The difference is then that between
the file and the network with these weights.`,
  },
  crops: {
    about: 'writes the faces as prepared for training: aligned, cut out, one folder per person',
    needed: ['data', 'out'],
    options: ['preset', 'config', 'seed', 'person-level'],
    out: FOLDER,
    more: `--out gets PERSON/0001.png, ... (112 x 112) and split.csv: file, person, role. The role is what a run with these settings
does with the face: train, validation, verification, or unused (copies of other photos of people held out).`,
  },
  'trace-init': {
    about: 'writes initial weights and batches: a training run that any program can repeat',
    needed: ['config', 'out'],
    options: ['preset', 'epochs', 'seed', 'classes', 'steps'],
    out: FOLDER,
    more: '--out gets config.json, init.safetensors and batches.safetensors.',
  },
  trace: {
    about: 'trains on exactly the files of a trace, one step a batch, and writes the losses',
    needed: ['in', 'backend'],
    options: ['out', 'software-gpu'],
    out: FILE,
    more: '--out: losses.json in that folder if not given.',
  },
} satisfies Readonly<Record<string, CommandDescription>>;

type CommandName = keyof typeof COMMANDS;

const names = Object.keys(COMMANDS) as readonly CommandName[]; // keys of a constant

/** By name; of a switch that was given, empty. */
export type Values = { readonly [N in OptionName]?: string };

type Parsed =
  | { readonly help: string }
  | { readonly help: null; readonly command: CommandName; readonly values: Values };

/**
 * Splits a command line into the command and its options, all of which are ones that the command has.
 *
 * @param formats ids of the export formats, for the help
 * @throws ProblemError with a sentence that says what is wrong
 */
export function readOptions(argv: readonly string[], formats: readonly string[] = []): Parsed {
  const { tokens } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(OPTIONS).map(([name, { value }]) => [
          name,
          { type: value === null ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  });
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const asksForHelp = tokens.some((token) => token.kind === 'option' && token.name === 'help');
  const command = names.find((name) => name === words[0]);
  if (asksForHelp && (command || words.length === 0)) {
    return { help: command ? commandHelp(command, formats) : programHelp() };
  }
  if (!command) {
    throw new ProblemError(
      words[0] === undefined ? 'No command was given.' : `There is no command "${words[0]}".`,
      `The commands are ${names.join(', ')}. ${seeHelp()}`,
    );
  }
  const values = Object.fromEntries(
    tokens.flatMap((token) => (token.kind === 'option' ? [optionOf(command, token)] : [])),
  );
  if (words[1] !== undefined) {
    throw new ProblemError(`"${words[1]}" belongs to no option.`, seeHelp(command));
  }
  const { needed } = COMMANDS[command];
  const missing = needed.find((name) => values[name] === undefined);
  if (missing) throw new ProblemError(`--${missing} is missing.`, seeHelp(command));
  return { help: null, command, values };
}

/** An option that was given, as a name of the table and its value; of a switch the value is empty. */
function optionOf(
  command: CommandName,
  {
    name,
    rawName,
    value,
  }: { readonly name: string; readonly rawName: string; readonly value?: string | undefined },
): readonly [OptionName, string] {
  const known = optionsOf(command).find((option) => option === name);
  if (!known) {
    const all = optionsOf(command).map((option) => `--${option}`);
    throw new ProblemError(
      `The command ${command} has no option ${rawName}.`,
      `Its options are ${all.join(', ')}.`,
    );
  }
  const takes = OPTIONS[known].value;
  if (takes === null && value !== undefined) {
    throw new ProblemError(`${rawName} takes no value.`, `Leave out "${value}".`);
  }
  // What looks like the next option is none; a negative number is left to who reads it.
  if (takes !== null && (value === undefined || value === '' || /^--?[a-z]/.test(value))) {
    throw new ProblemError(`${rawName} has no value.`, `Example: ${rawName} ${takes}`);
  }
  return [known, value ?? ''];
}

const optionsOf = (command: CommandName): readonly OptionName[] => [
  ...COMMANDS[command].needed,
  ...COMMANDS[command].options,
];

const seeHelp = (command?: CommandName): string => `Help: ${PROGRAM} ${command ? `${command} ` : ''}--help`;

const WIDTH = 14;

function programHelp(): string {
  const lines = names.map((name) => `  ${name.padEnd(WIDTH)}${COMMANDS[name].about}`);
  return `Trains face recognisers in a headless browser, as the page does.

Usage: ${PROGRAM} COMMAND [options]

Commands:
${lines.join('\n')}

Options of a command: ${PROGRAM} COMMAND --help
Progress goes to stderr; the last line on stdout is JSON with the figures.
The program ends with 0, with 2 where the command line is wrong, else with 1; interrupted, with 130 (SIGTERM: 143).
`;
}

function commandHelp(command: CommandName, formats: readonly string[]): string {
  const { about, needed, options, out, more }: CommandDescription = COMMANDS[command];
  const form = (name: OptionName): string => {
    const value = name === 'out' ? out : OPTIONS[name].value;
    return value === null ? `--${name}` : `--${name} ${value}`;
  };
  const usage = [...needed.map(form), ...options.map((name) => `[${form(name)}]`)];
  const lines = [...needed, ...options].map((name) => `  ${form(name).padEnd(24)}${OPTIONS[name].about}`);
  return `${command}: ${about}

Usage: ${PROGRAM} ${command} ${usage.join(' ')}

Options:
${lines.join('\n')}
${more ? `\n${more}\n` : ''}${command === 'export' ? `\nFormats: ${formats.join(', ')}\n` : ''}`;
}
