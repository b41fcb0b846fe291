import { rangeOf } from '../config/backbone.ts';
import { decodeFaces } from '../dataset/face-store.ts';
import type { ModelFile } from '../domain/export/model-file.ts';
import type { TrainingSet } from '../domain/faces.ts';
import type { OperatingPointName } from '../domain/operating-point.ts';
import { startBackend } from '../engine/selection/start-backend.ts';
import { present } from '../lib/assert.ts';
import { unit } from '../lib/vectors.ts';
import { inputChannels, inputEdge } from '../model/embed.ts';
import { pixelsToTensor } from '../model/preprocess.ts';
import type { Trained } from '../train/run/trained.ts';
import { exportModel } from './export-model.ts';
import type { ExportFormat } from './formats/format.ts';
import type { Manifest } from './manifest.ts';

/** Faces that a file is checked with. */
const CHECKED = 8;

export interface TrainedExport {
  readonly format: ExportFormat;
  /** What the person calls the model. */
  readonly name: string;
  readonly operatingPoint: OperatingPointName;
  /** How the weights are stored, and what was measured of it; as 32-bit floats if not given. */
  readonly weights?: Manifest['weights'];
  readonly trained: Trained;
  /** What it was trained on. */
  readonly data: TrainingSet;
}

/** Writes the best model of a run in a format and checks the file. @throws ProblemError, CancelledError */
export async function exportTrained(
  { format, name, operatingPoint, weights, trained, data }: TrainedExport,
  signal: AbortSignal,
): Promise<ModelFile> {
  const { report, best, classes, centres, templates, impostors } = trained;
  await startBackend(report.backend.name); // a fresh one, where the run ended because the old one failed
  const model = await trained.build(best.network);
  const edge = inputEdge(model);
  const images = data.faces.slice(0, CHECKED).map(({ image }) => image);
  const sampleFaces = pixelsToTensor(
    await decodeFaces(images, edge, signal),
    edge,
    rangeOf(report.config.backbone),
    inputChannels(model),
  );
  const dimension = centres.length / classes.length;
  const nameOf = (person: number): string => present(data.people[person], 'a person').name;
  const people = classes.map((person, k) => ({
    name: nameOf(person),
    centre: directionOf(centres.subarray(k * dimension, (k + 1) * dimension)),
  }));
  const enrolled = templates.map(({ person, direction }) => ({ name: nameOf(person), centre: direction }));
  const about = { name, report, operatingPoint, people, enrolled, impostors };
  try {
    return await exportModel({ format, model, sampleFaces, ...about, ...(weights && { weights }) }, signal);
  } finally {
    model.dispose();
    sampleFaces.dispose();
  }
}

/** A centre's length means nothing; one without a direction stays as it is. */
const directionOf = (centre: Float32Array): Float32Array => unit(centre) ?? centre;
