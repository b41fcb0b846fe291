import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rangeOf } from '../../config/backbone.ts';
import { decodeFaces } from '../../dataset/face-store.ts';
import type { PrecisionCost, WeightPrecision } from '../../domain/export/weight-precision.ts';
import type { TrainingSet, VerificationSet } from '../../domain/faces.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { startBackend } from '../../engine/selection/start-backend.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import { present } from '../../lib/assert.ts';
import { cosineOf } from '../../lib/vectors.ts';
import { embeddingBatch, embedFaces, inputEdge, type Rows } from '../../model/embed.ts';
import type { Trained } from '../../train/run/trained.ts';
import { withStoredWeights } from './with-precision.ts';

/** Faces of held-out people: more would take long and say little more. */
const MOST_FACES = 600;

/** A run that has ended. */
export interface FinishedRun {
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

interface Embedded extends Rows {
  readonly figures: VerificationReport;
}

/**
 * What it costs to store the weights of a run's best network in other precisions: the networks embed the same faces of people
 * who were held out, at most 600 of them, or all of the separate verification set, and verify the same pairs. What is known once
 * is kept.
 */
export class PrecisionCosts {
  private readonly run: FinishedRun;
  private readonly costs = new Map<WeightPrecision, PrecisionCost>();
  private float32: Embedded | null = null;

  constructor(run: FinishedRun) {
    this.run = run;
  }

  /** Null where it was not measured. */
  known(precision: WeightPrecision): PrecisionCost | null {
    return this.costs.get(precision) ?? null;
  }

  /**
   * @param onProgress how many of all embeddings there are
   * @returns null where there are too few such faces
   * @throws ProblemError, CancelledError
   */
  async measure(
    precision: WeightPrecision,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<PrecisionCost | null> {
    const { trained, data, verify: separate } = this.run;
    const { images, person, folds } = separate ? separateSet(separate) : heldOut(trained, data);
    const known = this.known(precision);
    if (known || !canVerify({ person, folds })) return known;
    const { report, best, build } = trained;
    await startBackend(report.backend.name);
    const range = rangeOf(report.config.backbone);
    const model = await build(best.network);
    try {
      const pixels = await decodeFaces(images, inputEdge(model), signal);
      const before = this.float32 ? 0 : pixels.length;
      const embed = async (network: LayersModel, done: number): Promise<Embedded> => {
        const rows = await embedFaces(network, pixels, {
          flip: true,
          batchSize: embeddingBatch(),
          range,
          signal,
          onProgress: (more) => onProgress(done + more, before + pixels.length),
        });
        const { values: embeddings, dimension } = rows;
        return { ...rows, figures: verify({ embeddings, dimension, person, folds }) };
      };
      this.float32 ??= await embed(model, 0);
      const stored = await withStoredWeights(model, precision, (other) => embed(other, before));
      const cost = compared(this.float32, stored);
      this.costs.set(precision, cost);
      return cost;
    } finally {
      model.dispose();
    }
  }
}

function compared(float32: Embedded, stored: Embedded): PrecisionCost {
  const { genuinePairs, impostorPairs, accuracy, tarAtFar } = float32.figures;
  const { dimension } = float32;
  const row = ({ values }: Rows, i: number): Float32Array =>
    values.subarray(i * dimension, (i + 1) * dimension);
  const faces = float32.values.length / dimension;
  const cosines = Array.from({ length: faces }, (_, i) => cosineOf(row(float32, i), row(stored, i)));
  return {
    faces,
    genuinePairs,
    impostorPairs,
    accuracy: { float32: accuracy, stored: stored.figures.accuracy },
    tar: { float32: tarAtFar['1e-2'], stored: stored.figures.tarAtFar['1e-2'] },
    leastCosine: Math.min(...cosines),
  };
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
