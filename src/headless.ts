/**
 * The page behind the terminal command: the same workers, driven by `window.arcfaceHeadless` instead of by
 * buttons. Files come through its inputs, so they stay on disk until a worker reads them.
 */
import { connect } from './client/connect.ts';
import { startIngestWorker, startTrainerWorker } from './client/workers.ts';
import type { BackendChoice, TrainingConfig } from './config/training-config.ts';
import { parsePairs, resolvePairs } from './dataset/pairs.ts';
import { type Trainer, trace, traceInit } from './headless-trace.ts';
import { present } from './lib/assert.ts';
import { personId } from './lib/brand.ts';
import { ProblemError, toProblem } from './lib/problem.ts';
import { unreachable } from './lib/unreachable.ts';
import { describeReason } from './protocol/describe-reason.ts';
import type {
  IngestedFace,
  RejectedFile,
  SourceFile,
  TrainingSet,
  VerificationSet,
} from './protocol/faces.ts';
import type {
  HeadlessAnswer,
  HeadlessDoor,
  HeadlessEmbedded,
  HeadlessFindRate,
  HeadlessProgress,
  HeadlessTrain,
  HeadlessTrained,
  IngestCount,
  PairCount,
} from './protocol/headless.ts';
import type { IngestCalls, IngestEvent } from './protocol/ingest.ts';
import { guessedBackbone } from './protocol/own-backbone.ts';
import type { RateSearch, TrainerCalls, TrainerEvent } from './protocol/trainer.ts';

declare global {
  interface Window {
    arcfaceHeadless?: HeadlessDoor;
    readonly reportProgress?: (progress: HeadlessProgress) => Promise<void>;
  }
}

const say = (what: string, done: number, total: number, detail = ''): void => {
  void window.reportProgress?.({ what, done, total, detail });
};

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

function chosen(selector: string): SourceFile[] {
  const input = document.querySelector<HTMLInputElement>(selector);
  return [...(input?.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

interface Ingested {
  readonly faces: readonly IngestedFace[];
  readonly rejected: readonly RejectedFile[];
  readonly seconds: number;
}

/** Turns the chosen files into aligned faces, sorted by path so that a run can be repeated. */
async function ingest(sources: readonly SourceFile[], what: string): Promise<Ingested> {
  if (sources.length === 0)
    throw new ProblemError('There are no files in that folder.', 'Give a folder of photos.');
  const faces: IngestedFace[] = [];
  const rejected: RejectedFile[] = [];
  let ended: ProblemError | null = null;
  const client = connect<IngestCalls, IngestEvent>(
    startIngestWorker,
    (event) => {
      switch (event.kind) {
        case 'progress':
          say(what, event.done, event.total, `${event.photosPerSecond.toFixed(1)} photos/s`);
          return;
        case 'results':
          faces.push(...event.faces);
          rejected.push(...event.rejected);
          return;
        case 'note':
          say(`${what}: ${event.text}`, 0, 0);
          return;
        default:
          unreachable(event);
      }
    },
    (problem) => {
      ended = new ProblemError(problem.what, problem.remedy);
    },
  );
  const started = performance.now();
  try {
    const survey = await client.call('survey', { sources });
    await client.call('ingest', {
      selection: survey.selection,
      alignment: survey.alignedSize === null ? 'detect' : 'as-is',
      unlabelledName: null,
      everythingIs: null,
    });
  } finally {
    client.close();
  }
  if (ended !== null) throw ended;
  return {
    faces: faces.sort(byPath),
    rejected: rejected.sort(byPath),
    seconds: (performance.now() - started) / 1000,
  };
}

function count({ faces, rejected, seconds }: Ingested): IngestCount {
  const photos = rejected.filter((file) => file.reason.kind !== 'system-file');
  return {
    identities: new Set(faces.flatMap((face) => (face.label === null ? [] : [face.label]))).size,
    photos: faces.length + photos.length,
    faces: faces.length,
    rejected: photos.map((file) => ({ path: file.path, reason: describeReason(file.reason) })),
    seconds,
  };
}

/** Identities in the order of their names, so that class k is the same in every run. */
function byLabel(faces: readonly IngestedFace[]): {
  names: string[];
  person: (face: IngestedFace) => number;
} {
  const names = [...new Set(faces.map((face) => face.label ?? ''))].sort();
  const index = new Map(names.map((name, i) => [name, i]));
  return { names, person: (face) => present(index.get(face.label ?? ''), 'the identity') };
}

function trainingSet(faces: readonly IngestedFace[]): TrainingSet {
  const { names, person } = byLabel(faces);
  return {
    people: names.map((name) => ({ id: personId(name), name })),
    faces: faces.map((face) => ({ id: face.id, person: person(face), image: face.image })),
  };
}

/**
 * The photos of a folder with the bytes of another one given back the face that the other one gave: intake keeps one of
 * two equal photos, but who lists photos one by one (embeddings, pairs) wants an answer for each.
 */
function withEqualPhotos({ faces, rejected, seconds }: Ingested): Ingested {
  const byName = new Map(faces.map((face) => [face.path, face]));
  const equal: IngestedFace[] = [];
  const others: RejectedFile[] = [];
  for (const file of rejected) {
    const face = file.reason.kind === 'duplicate' ? byName.get(file.reason.of) : undefined;
    if (face) equal.push({ ...face, id: file.id, path: file.path, label: file.label });
    else others.push(file);
  }
  return { faces: [...faces, ...equal].sort(byPath), rejected: others, seconds };
}

interface Verification {
  readonly set: VerificationSet;
  readonly pairs: PairCount | null;
}

/** All pairs of the people kept out, or those that a pairs file lists, as many as can be compared. */
function verification(data: Ingested, pairs: string | null, notes: string[]): Verification {
  const { faces, rejected } = pairs === null ? data : withEqualPhotos(data);
  const { names, person } = byLabel(faces);
  const resolved = pairs === null ? null : resolvePairs(parsePairs(pairs), faces, rejected);
  if (resolved !== null && resolved.absentPhotos.length > 0) {
    const { length } = resolved.absentPhotos;
    throw new ProblemError(
      `The pairs file names ${length === 1 ? 'a photo that is' : `${length} photos that are`} not in the --verify folder: ${few(resolved.absentPhotos)}.`,
      'Give the pairs file that belongs to these photos, or the folder with all of them.',
    );
  }
  if (resolved !== null && resolved.missing.length > 0) {
    const left = resolved.missing.length;
    notes.push(
      `${left} of ${left + resolved.used} pairs were left out because a photo of theirs gave no face: ${few(resolved.missingPhotos)}.`,
    );
  }
  return {
    set: {
      people: names,
      faces: faces.map((face) => ({ person: person(face), image: face.image })),
      folds: resolved?.folds ?? null,
    },
    pairs: resolved && { used: resolved.used, leftOut: resolved.missing.length },
  };
}

const few = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');

function onTrainerEvent(event: TrainerEvent): void {
  switch (event.kind) {
    case 'preparing':
      say(event.what, event.done, event.total);
      return;
    case 'steps': {
      const last = event.points.at(-1);
      if (last === undefined) return;
      const rate = `${event.imagesPerSecond.toFixed(0)} images/s`;
      say('Training', last.step, event.totalSteps, `loss ${last.loss.toFixed(3)}  ${rate}`);
      return;
    }
    case 'rate-search':
      say(event.what, event.done, event.total);
      return;
    case 'rescued':
      say(event.text, 0, 0);
      return;
    case 'status':
    case 'backend':
    case 'split':
    case 'epochs':
      return;
    default:
      unreachable(event);
  }
}

async function train(request: HeadlessTrain): Promise<HeadlessTrained> {
  const notes: string[] = [];
  const data = await ingest([...chosen('#data-folder'), ...chosen('#data-zip')], 'Reading photos');
  const verifySources = chosen('#verify-folder');
  const verify = verifySources.length > 0 ? await ingest(verifySources, 'Reading held-out') : null;
  // Before training: what is wrong with the pairs should not cost the time of a run.
  const verified = verify === null ? null : verification(verify, request.pairs, notes);
  const trainer = connect<TrainerCalls, TrainerEvent>(startTrainerWorker, onTrainerEvent, () => {});
  try {
    const labelled = data.faces.filter((face) => face.label !== null);
    if (labelled.length < data.faces.length) {
      notes.push(
        `${data.faces.length - labelled.length} photos outside any folder were left out: they have no name.`,
      );
    }
    const own = request.ownModel ? present(chosen('#model')[0], 'the model file').file : null;
    const config = own ? await withOwn(trainer, request.config, own, notes) : request.config;
    const report = await trainer.call('train', {
      config,
      data: trainingSet(labelled),
      verify: verified?.set ?? null,
      model: own,
    });
    const model = await trainer.call('exportTfjs', { name: request.modelName });
    return {
      report,
      data: count(data),
      verify: verify === null ? null : count(verify),
      pairs: verified?.pairs ?? null,
      notes,
      reloadMaxDifference: model.check.maxDifference,
      url: URL.createObjectURL(model.file),
    };
  } finally {
    trainer.close();
  }
}

/** The settings with the person's own network; what they do not say of it is guessed, and told. */
async function withOwn(
  trainer: Trainer,
  config: TrainingConfig,
  model: File,
  notes: string[],
): Promise<TrainingConfig> {
  if (config.backbone.kind === 'own') return config;
  const findings = await trainer.call('inspectModel', { model });
  const backbone = guessedBackbone(findings, config.preset);
  const { inputSizeWhy, rangeWhy } = findings.guess;
  notes.push(`Guessed of the network: ${JSON.stringify(backbone)}. ${inputSizeWhy} ${rangeWhy}`);
  return { ...config, backbone };
}

async function findRate({ config, ownModel }: HeadlessFindRate): Promise<RateSearch> {
  const { faces } = await ingest([...chosen('#data-folder'), ...chosen('#data-zip')], 'Reading photos');
  const data = trainingSet(faces.filter((face) => face.label !== null));
  const model = ownModel ? present(chosen('#model')[0], 'the model file').file : null;
  return withTrainer(async (trainer) => {
    const notes: string[] = [];
    const settled = model ? await withOwn(trainer, config, model, notes) : config;
    for (const note of notes) say(note, 0, 0);
    return trainer.call('findRate', { config: settled, data, model });
  });
}

async function embed(backend: BackendChoice): Promise<HeadlessEmbedded> {
  const data = withEqualPhotos(
    await ingest([...chosen('#data-folder'), ...chosen('#data-zip')], 'Reading photos'),
  );
  const model = present(chosen('#model')[0], 'the model file').file;
  const trainer = connect<TrainerCalls, TrainerEvent>(startTrainerWorker, onTrainerEvent, () => {});
  try {
    const result = await trainer.call('embed', {
      model,
      faces: data.faces.map((face) => face.image),
      backend,
    });
    const photos = [
      ...data.faces.map((face, i) => ({
        path: face.path,
        embedding: present(result.embeddings[i], 'the embedding'),
        reason: null,
      })),
      ...data.rejected
        .filter((file) => file.reason.kind !== 'system-file')
        .map((file) => ({ path: file.path, embedding: null, reason: describeReason(file.reason) })),
    ].sort(byPath);
    return { photos, backend: result.backend.name };
  } finally {
    trainer.close();
  }
}

async function withTrainer<T>(use: (trainer: Trainer) => Promise<T>): Promise<T> {
  const trainer = connect<TrainerCalls, TrainerEvent>(startTrainerWorker, onTrainerEvent, () => {});
  try {
    return await use(trainer);
  } finally {
    trainer.close();
  }
}

async function answer<T>(work: () => Promise<T>): Promise<HeadlessAnswer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return { ok: false, problem: toProblem(thrown) };
  }
}

window.arcfaceHeadless = {
  train: (request) => answer(() => train(request)),
  findRate: (request) => answer(() => findRate(request)),
  embed: (backend) => answer(() => embed(backend)),
  traceInit: (request) => answer(() => withTrainer((trainer) => traceInit(trainer, request))),
  trace: (config) => answer(() => withTrainer((trainer) => trace(trainer, config, chosen))),
};
