import type { TrainReport } from '../../domain/training-report.ts';
import type { ImpostorScores } from '../../domain/verification.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Checkpoint } from '../step/checkpoint.ts';
import type { BuildNetwork } from '../task/task.ts';
import type { Template } from './held-out-people.ts';

/** What a run leaves: the best network and its report, nothing of it on a backend. */
export interface Trained {
  readonly report: TrainReport;
  readonly best: Checkpoint;
  /** Makes the whole network; needs the weights of `best`. */
  readonly build: BuildNetwork;
  /** One centre for each class, [K, D]. */
  readonly centres: Float32Array;
  /** Person of each row of the centres, as an index into the people of the training set. */
  readonly classes: readonly number[];
  /** Faces of the held-out people, as indices into those of the training set, and the person of each. */
  readonly heldOut: { readonly faces: readonly number[]; readonly people: readonly number[] };
  /** Of the held-out people, as far as there was time for them. */
  readonly templates: readonly Template[];
  /** Of the same faces and the centres; null where there are none. */
  readonly impostors: ImpostorScores | null;
}

/** A run that failed after it had begun; the best so far is kept. */
export class FailedRunError extends ProblemError {
  readonly trained: Trained;
  constructor(problem: ProblemError, trained: Trained) {
    super(problem.problem.what, problem.problem.remedy);
    this.name = 'FailedRunError';
    this.trained = trained;
  }
}
