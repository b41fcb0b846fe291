/**
 * The page behind the terminal command: the same workers, driven by `window.arcfaceHeadless` instead of by
 * buttons. Files come through its inputs, so they stay on disk until a worker reads them.
 */
import { connect } from '../client/connect.ts';
import { startTrainerWorker } from '../client/workers.ts';
import type { BackendChoice } from '../config/training-config.ts';
import type { LrFinderResult } from '../domain/lr-finder.ts';
import {
  DEFAULT_OPERATING_POINT,
  type OperatingPointName,
  operatingPoints,
  tooFewPairs,
} from '../domain/operating-point.ts';
import { describeReason } from '../domain/reject-reason.ts';
import type { TrainReport } from '../domain/training-report.ts';
import { present } from '../lib/assert.ts';
import { toProblem } from '../lib/problem.ts';
import { unreachable } from '../lib/unreachable.ts';
import type {
  HeadlessAnswer,
  HeadlessCropped,
  HeadlessCrops,
  HeadlessEmbedded,
  HeadlessExport,
  HeadlessExported,
  HeadlessFindRate,
  HeadlessTrain,
  HeadlessTrained,
} from '../protocol/headless.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { cropUrls } from './crops.ts';
import { checkModel, withCustomModel } from './custom-model.ts';
import {
  byPath,
  count,
  type Ingested,
  ingest,
  type People,
  trainingSet,
  verification,
  withEqualPhotos,
} from './data.ts';
import { chosen, say } from './page.ts';
import { recognise } from './recognise.ts';
import { type Trainer, trace, traceInit } from './trace.ts';

const ingestData = (people: People): Promise<Ingested> =>
  ingest([...chosen('#data-folder'), ...chosen('#data-zip')], 'Reading photos', people);

const chosenModel = (): File => present(chosen('#model')[0], 'the model file').file;

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
    case 'lr-finder':
      say(event.what, event.done, event.total);
      return;
    case 'rolled-back':
      say(event.text, 0, 0);
      return;
    case 'status':
    case 'backend':
    case 'split':
    case 'epochs':
    case 'measuring':
      return;
    default:
      unreachable(event);
  }
}

async function train(request: HeadlessTrain): Promise<HeadlessTrained> {
  const notes: string[] = [];
  const people = { level: request.personLevel };
  const own = request.customModel ? chosenModel() : null;
  const config = await withTrainer((trainer) => withCustomModel(trainer, request.config, own, notes));
  const verifySources = chosen('#verify-folder');
  const verify = verifySources.length > 0 ? await ingest(verifySources, 'Reading held-out', people) : null;
  // First of all: what is wrong with the pairs should cost the time of nothing else.
  const verified = verify === null ? null : verification(verify, request.pairs, notes);
  const data = await ingestData(people);
  return withTrainer(async (trainer) => {
    const labelled = data.faces.filter((face) => face.label !== null);
    if (labelled.length < data.faces.length) {
      notes.push(
        `${data.faces.length - labelled.length} photos outside any folder were left out: they have no name.`,
      );
    }
    const report = await trainer.call('train', {
      config,
      data: trainingSet(labelled),
      verify: verified?.set ?? null,
      model: own,
    });
    const operatingPoint = usable(request.operatingPoint, report, notes);
    const model = await trainer.call('exportModel', {
      format: 'tfjs',
      name: request.modelName,
      operatingPoint,
    });
    return {
      report,
      data: count(data),
      verify: verify === null ? null : count(verify),
      pairs: verified?.pairs ?? null,
      notes,
      reloadMaxDifference: model.check.maxDifference,
      operatingPoint,
      url: URL.createObjectURL(model.file),
    };
  });
}

/** The operating point that is asked for; where there are too few pairs for it the default one, and a note. */
function usable(wanted: OperatingPointName, report: TrainReport, notes: string[]): OperatingPointName {
  const verification = report.verify?.best ?? report.best.verification;
  if (!verification || verification.operatingPoints.some(({ name }) => name === wanted)) return wanted;
  const { label } = operatingPoints[DEFAULT_OPERATING_POINT];
  notes.push(`${tooFewPairs(wanted, verification.impostorPairs)} The file has the one at: ${label}.`);
  return DEFAULT_OPERATING_POINT;
}

async function findRate({ config, customModel, personLevel }: HeadlessFindRate): Promise<LrFinderResult> {
  const notes: string[] = [];
  const model = customModel ? chosenModel() : null;
  const settled = await withTrainer((trainer) => withCustomModel(trainer, config, model, notes));
  for (const note of notes) say(note, 0, 0);
  const { faces } = await ingestData({ level: personLevel });
  const data = trainingSet(faces.filter((face) => face.label !== null));
  return withTrainer((trainer) => trainer.call('findLearningRate', { config: settled, data, model }));
}

async function embed(backend: BackendChoice): Promise<HeadlessEmbedded> {
  const model = chosenModel();
  await withTrainer((trainer) => checkModel(trainer, model));
  const data = withEqualPhotos(await ingestData('nobody'));
  return withTrainer(async (trainer) => {
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
    return { photos, backend: result.backend.name, threshold: result.threshold };
  });
}

async function exportModel(request: HeadlessExport): Promise<HeadlessExported> {
  const { format, precision, modelName, withHead } = request;
  const model = chosenModel();
  say('Writing the model', 0, 0);
  return withTrainer(async (trainer) => {
    const asked = { model, format, name: modelName, withHead, ...(precision && { precision }) };
    const { name, file, check } = await trainer.call('convertModel', asked);
    return { name, url: URL.createObjectURL(file), maxDifference: check.maxDifference };
  });
}

async function crops({ config, personLevel }: HeadlessCrops): Promise<HeadlessCropped> {
  const data = await ingestData({ level: personLevel });
  const faces = data.faces.filter((face) => face.label !== null);
  return { data: count({ ...data, faces }), urls: await cropUrls(trainingSet(faces), config) };
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
  recognise: (request) => answer(() => recognise(request)),
  export: (request) => answer(() => exportModel(request)),
  crops: (request) => answer(() => crops(request)),
  traceInit: (request) => answer(() => withTrainer((trainer) => traceInit(trainer, request))),
  trace: (config) => answer(() => withTrainer((trainer) => trace(trainer, config, chosen))),
};
