import type { VerificationReport } from '../../domain/verification.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import { CancelledError } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import type { Task, TaskEmbedOptions } from '../task/task.ts';
import { type Validation, validate } from './evaluate-epoch.ts';
import type { FaceGroup } from './evaluation-plan.ts';
import type { HeldOutFaces } from './held-out-people.ts';

/** Of all held-out faces. */
export interface HeldOutFigures extends Validation {
  /** Null where there are too few faces, or where they are reported elsewhere. */
  readonly verification: VerificationReport | null;
}

type Options = Omit<TaskEmbedOptions, 'mirror'>;

/** What evaluation needs of a task. */
type EmbeddingTask = Pick<Task, 'embed' | 'dimension' | 'classes' | 'learner'>;

/** Faces between two looks at whether time is up. */
const AT_ONCE = 16;

/** Evaluates all held-out faces, with the network before training and with the best one, on the same pairs. */
export class HeldOutEvaluation {
  private task: EmbeddingTask;
  private readonly scale: number;
  private readonly people: FaceGroup;
  private readonly photos: FaceGroup;
  /** Flip-averaged embeddings before training, [N, D]. */
  private start: Float32Array = new Float32Array(0);
  /** With the network evaluated last, of the first faces, or of all. */
  private end: Float32Array = new Float32Array(0);
  private validationAtStart: Validation = { heldOutAccuracy: null, heldOutLoss: null };

  /**
   * @param scale of the cosines in the loss
   * @param people faces of held-out people
   * @param photos validation photos
   * @param random shuffles the faces: where only the first of them can be evaluated, they are of all people
   */
  constructor(
    task: EmbeddingTask,
    scale: number,
    groups: { people: FaceGroup; photos: FaceGroup },
    random: Random,
  ) {
    const { faces, labels } = groups.people;
    const order = random.shuffled(faces.map((_, i) => i));
    this.task = task;
    this.scale = scale;
    this.photos = groups.photos;
    this.people = { faces: order.map((i) => faces[i] ?? 0), labels: order.map((i) => labels[i] ?? 0) };
  }

  /** Goes on with the same faces on another device. */
  moveTo(task: EmbeddingTask): void {
    this.task = task;
  }

  /** Evaluates the network before training. */
  async before(options: Options): Promise<void> {
    this.start = await this.embed(options, null);
    this.validationAtStart = await this.validate(options);
  }

  figuresBefore(): HeldOutFigures {
    return { verification: this.verify(this.start), ...this.validationAtStart };
  }

  /**
   * Evaluates the network as it is now.
   *
   * @param overdue once it is aborted the result is of the faces embedded so far
   * @returns null where that is nothing
   */
  async after(
    options: Options,
    overdue: AbortSignal,
  ): Promise<{ readonly baseline: HeldOutFigures; readonly best: HeldOutFigures } | null> {
    const now = await this.embed(options, overdue);
    this.end = now;
    const validation = await this.validate(either(options, overdue)).catch(nullIf(overdue, options));
    if (now.length === 0 && validation === null) return null;
    const none = { heldOutAccuracy: null, heldOutLoss: null };
    return {
      baseline: {
        verification: this.verify(this.start.subarray(0, now.length)),
        ...(validation ? this.validationAtStart : none),
      },
      best: { verification: this.verify(now), ...(validation ?? none) },
    };
  }

  /**
   * The faces of held-out people, as far as they are embedded.
   *
   * @param untrained by the network before training; else by the one evaluated last
   */
  embedded(untrained: boolean): HeldOutFaces {
    const { dimension } = this.task;
    const values = untrained ? this.start : this.end;
    return { values, dimension, people: this.people.labels.slice(0, values.length / dimension) };
  }

  /** Without mirror images, as after every epoch. */
  private validate(options: Options): Promise<Validation> {
    return validate(this.task, this.photos, this.scale, { ...options, mirror: false });
  }

  /** Flip-averaged embeddings of the first faces, or of all. */
  private async embed(options: Options, overdue: AbortSignal | null): Promise<Float32Array> {
    const { faces } = this.people;
    const parts: Float32Array[] = [];
    for (let begin = 0; begin < faces.length && !overdue?.aborted; begin += AT_ONCE) {
      const { onProgress } = options;
      const some = faces.slice(begin, begin + AT_ONCE);
      const rows = await this.task
        .embed(some, {
          ...(overdue ? either(options, overdue) : options),
          mirror: true,
          ...(onProgress && { onProgress: (done: number) => onProgress(begin + done, faces.length) }),
        })
        .catch(nullIf(overdue, options));
      if (!rows) break;
      parts.push(rows.values);
    }
    const all = new Float32Array(parts.length === 0 ? 0 : parts.length * AT_ONCE * this.task.dimension);
    let length = 0;
    for (const part of parts) {
      all.set(part, length);
      length += part.length;
    }
    return all.subarray(0, length);
  }

  /** @param rows embeddings of the first faces */
  private verify(rows: Float32Array): VerificationReport | null {
    const { dimension } = this.task;
    const person = this.people.labels.slice(0, rows.length / dimension);
    if (!canVerify({ person, folds: null })) return null;
    return verify({ embeddings: rows, dimension, person, folds: null });
  }
}

const either = (options: Options, overdue: AbortSignal): Options => ({
  ...options,
  signal: AbortSignal.any([options.signal, overdue]),
});

/** Null in place of the error of work that took too long; other errors go on. */
const nullIf =
  (overdue: AbortSignal | null, { signal }: Options) =>
  (thrown: unknown): null => {
    if (thrown instanceof CancelledError && overdue?.aborted && !signal.aborted) return null;
    throw thrown;
  };
