import type { TrainReport } from '../../domain/training-report.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import type { RunControl } from '../loop/run-control.ts';
import type { TaskEmbedOptions } from '../task/task.ts';
import { type EpochEvaluation, evaluateEpoch } from './evaluate-epoch.ts';
import { HeldOutEvaluation, type HeldOutFigures } from './evaluate-held-out.ts';
import { type EvaluationPlan, planEvaluation } from './evaluation-plan.ts';
import type { HeldOutFaces } from './held-out-people.ts';
import { type Session, type TrainArgs, throttled } from './session.ts';

export interface RunEvaluationInput {
  readonly args: TrainArgs;
  readonly session: Session;
  readonly control: RunControl;
  readonly signal: AbortSignal;
  emit(event: TrainerEvent): void;
  onPause(paused: boolean): void;
}

/** Everything that a run evaluates: a sample after each epoch, all held-out faces before training and with the best epoch. */
export class RunEvaluation {
  private readonly input: Omit<RunEvaluationInput, 'session' | 'signal'>;
  private session: Session;
  private signal: AbortSignal;
  private readonly plan: EvaluationPlan;
  /** Null where the sample is all there is. */
  private readonly all: HeldOutEvaluation | null;
  private separateBefore: VerificationReport | null = null;
  private total = 0;

  constructor(input: RunEvaluationInput) {
    const { args, session } = input;
    const { task, split, scale, random } = session;
    this.input = input;
    this.session = session;
    this.signal = input.signal;
    this.plan = planEvaluation({
      split,
      epochs: args.config.epochs,
      trainingCost: task.trainingCost,
      separateFaces: this.hasSeparate() ? session.verifyFaces.length : 0,
      random: random.fork('panel'),
    });
    const nobody = { faces: [], labels: [] };
    const people = { faces: split.verification, labels: split.verificationPeople };
    const photos = { faces: split.heldOut, labels: split.heldOutLabels };
    const groups = { people: this.hasSeparate() ? nobody : people, photos };
    this.all = this.plan.complete
      ? null
      : new HeldOutEvaluation(task, scale.value, groups, random.fork('held-out'));
  }

  /** Goes on with the same faces on another device. */
  moveTo(session: Session, signal: AbortSignal): void {
    this.session = session;
    this.signal = signal;
    this.all?.moveTo(session.task);
  }

  /** Seconds of evaluation so far, without pauses. */
  get seconds(): number {
    return this.total;
  }

  /** Faces evaluated after each epoch, and how many there are. */
  get evaluated(): TrainReport['evaluated'] {
    const { train, heldOut, verification } = this.plan;
    const { split } = this.session;
    const faces = train.faces.length + heldOut.faces.length + verification.faces.length;
    return { faces, of: split.train.length + split.heldOut.length + split.verification.length };
  }

  /** The sample, with the network as it is. @throws CancelledError also when `until` is aborted */
  epoch(until: AbortSignal): Promise<EpochEvaluation> {
    const { task, scale } = this.session;
    return this.timed(() => evaluateEpoch(task, this.plan, scale.value, this.options(until)));
  }

  /** All held-out faces with the network before training. @throws CancelledError also when the run is stopped */
  async before(): Promise<void> {
    const options = this.options(this.input.control.stopSignal, 'Evaluating the network before training');
    await this.timed(async () => this.all?.before(options));
    this.separateBefore = await this.verifySeparate(options);
  }

  /**
   * All held-out faces with the best epoch, beside the network before training; of a stopped run as many as soon can be.
   *
   * @param untrained whether the best epoch is the network before training
   * @returns null where the figures of the epochs are of all faces already, or there is no time for more
   */
  async after(
    untrained: boolean,
  ): Promise<{ readonly baseline: HeldOutFigures; readonly best: HeldOutFigures } | null> {
    const { all } = this;
    if (all && untrained) return { baseline: all.figuresBefore(), best: all.figuresBefore() };
    const options = this.options(null, 'Evaluating the best epoch');
    return all && this.timed(() => all.after(options, this.input.control.overdueSignal));
  }

  /** The separate verification set before training and with the best epoch. @throws CancelledError also where a stopped run has no time for it */
  async separate(untrained: boolean): Promise<TrainReport['verify']> {
    const baseline = this.separateBefore;
    if (untrained) return baseline && { baseline, best: baseline };
    const options = this.options(this.input.control.overdueSignal, 'Evaluating the best epoch');
    const best = baseline && (await this.verifySeparate(options));
    return best && { baseline, best };
  }

  /**
   * The faces of held-out people, embedded with the best epoch, whose weights the task has; of a stopped run those that
   * soon can be.
   *
   * @param untrained whether the best epoch is the network before training
   * @throws CancelledError also where a stopped run has no time for it
   */
  async heldOutPeople(untrained: boolean): Promise<HeldOutFaces> {
    if (this.all && !this.hasSeparate()) return this.all.embedded(untrained);
    const { task, split } = this.session;
    const options = this.options(this.input.control.overdueSignal, 'Evaluating the best epoch');
    const rows = await this.timed(() => task.embed(split.verification, { ...options, mirror: true }));
    return { ...rows, people: split.verificationPeople };
  }

  /** On exactly the pairs of the separate verification set. */
  private async verifySeparate(
    options: Omit<TaskEmbedOptions, 'mirror'>,
  ): Promise<VerificationReport | null> {
    const { session } = this;
    const { args } = this.input;
    const set = args.verify;
    if (!set || !this.hasSeparate()) return null;
    const person = set.faces.map((face) => face.person);
    return this.timed(async () => {
      const { values, dimension } = await session.task.embed(session.verifyFaces, {
        ...options,
        mirror: true,
      });
      return verify({ embeddings: values, dimension, person, folds: set.folds });
    });
  }

  private hasSeparate(): boolean {
    const { verify: set } = this.input.args;
    return set !== null && canVerify({ person: set.faces.map((face) => face.person), folds: set.folds });
  }

  /**
   * Work that can be paused between its batches.
   *
   * @param until ends it, besides the signal of the run
   * @param what tells its progress
   */
  private options(until: AbortSignal | null, what?: string): Omit<TaskEmbedOptions, 'mirror'> {
    const { signal: cancelled } = this;
    const { control, emit, onPause } = this.input;
    const signal = until ? AbortSignal.any([cancelled, until]) : cancelled;
    const tell = throttled((text, done, total) => emit({ kind: 'preparing', what: text, done, total }));
    return {
      signal,
      onProgress: (done, total) => {
        if (what !== undefined) tell(what, done, total);
        return control.whilePaused(signal, onPause);
      },
    };
  }

  private async timed<T>(work: () => Promise<T>): Promise<T> {
    const { control } = this.input;
    const begin = performance.now() - control.pausedMs;
    try {
      return await work();
    } finally {
      this.total += (performance.now() - control.pausedMs - begin) / 1000;
    }
  }
}
