import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rangeOf } from '../../config/backbone.ts';
import { decodeFaces } from '../../dataset/face-store.ts';
import type { PrecisionCost, WeightPrecision } from '../../domain/export/weight-precision.ts';
import type { TrainingSet, VerificationSet } from '../../domain/faces.ts';
import { startBackend } from '../../engine/selection/start-backend.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import { present } from '../../lib/assert.ts';
import { embeddingBatch, embedFaces, inputEdge } from '../../model/embed.ts';
import type { Trained } from '../../train/run/run.ts';
import { withStoredWeights } from './with-precision.ts';

/** Faces of held-out people: more would take long and say little more. */
const MOST_FACES = 600;

export interface CostRequest {
  readonly precision: WeightPrecision;
  readonly trained: Trained;
  /** What it was trained on. */
  readonly data: TrainingSet;
  /** The separate verification set of the run, which is measured on where there is one. */
  readonly verify: VerificationSet | null;
}

/** Whom a network never saw, and what is compared. */
interface Strangers {
  readonly images: readonly Blob[];
  readonly person: readonly number[];
  readonly folds: VerificationSet['folds'];
}

/**
 * What it costs to store the weights of a run's best network in another precision: both networks embed the same faces of people
 * who were held out, at most 600 of them, or all of the separate verification set, and verify the same pairs.
 *
 * @param onProgress how many of all embeddings there are
 * @returns null where there are too few such faces
 * @throws ProblemError, CancelledError
 */
export async function measureCost(
  { precision, trained, data, verify: separate }: CostRequest,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<PrecisionCost | null> {
  const { images, person, folds } = separate ? separateSet(separate) : heldOut(trained, data);
  if (!canVerify({ person, folds })) return null;
  const { report, best, build } = trained;
  await startBackend(report.backend.name);
  const range = rangeOf(report.config.backbone);
  const model = await build(best.network);
  try {
    const pixels = await decodeFaces(images, inputEdge(model), signal);
    const embed = async (network: LayersModel, before: number) => {
      const { values, dimension } = await embedFaces(network, pixels, {
        flip: true,
        batchSize: embeddingBatch(),
        range,
        signal,
        onProgress: (done) => onProgress(before + done, 2 * pixels.length),
      });
      return { values, dimension, figures: verify({ embeddings: values, dimension, person, folds }) };
    };
    const float32 = await embed(model, 0);
    const stored = await withStoredWeights(model, precision, (other) => embed(other, pixels.length));
    return {
      faces: pixels.length,
      genuinePairs: float32.figures.genuinePairs,
      impostorPairs: float32.figures.impostorPairs,
      accuracy: { float32: float32.figures.accuracy, stored: stored.figures.accuracy },
      tar: { float32: float32.figures.tarAtFar['1e-2'], stored: stored.figures.tarAtFar['1e-2'] },
      leastCosine: leastCosine(float32.values, stored.values, float32.dimension),
    };
  } finally {
    model.dispose();
  }
}

function separateSet({ faces, folds }: VerificationSet): Strangers {
  return { images: faces.map(({ image }) => image), person: faces.map(({ person }) => person), folds };
}

/** The first photos of each person, as many of each as of the others as far as there are. */
function heldOut({ heldOut: { faces, people } }: Trained, data: TrainingSet): Strangers {
  const seen = new Map<number, number>();
  const ranked = faces.map((face, i) => {
    const person = present(people[i], 'the person of a face');
    const rank = seen.get(person) ?? 0;
    seen.set(person, rank + 1);
    return { face, person, rank };
  });
  const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, MOST_FACES);
  return {
    images: chosen.map(({ face }) => present(data.faces[face], 'a face').image),
    person: chosen.map(({ person }) => person),
    folds: null,
  };
}

/** Of the rows of two matrices [N, D], rows of length 1. */
function leastCosine(a: Float32Array, b: Float32Array, dimension: number): number {
  let least = 1;
  for (let start = 0; start < a.length; start += dimension) {
    let cosine = 0;
    for (let i = start; i < start + dimension; i++) cosine += (a[i] ?? 0) * (b[i] ?? 0);
    least = Math.min(least, cosine);
  }
  return Math.max(-1, least);
}
