import { isPretrained } from '../../config/backbone.ts';
import type { EpochPoint, EpochReport, TrainReport } from '../../domain/training-report.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { deviceFault } from '../../engine/selection/device-fault.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import { type LoopResult, runLoop } from '../loop/loop.ts';
import type { RunControl } from '../loop/run-control.ts';
import { type Checkpoint, restoreCheckpoint, takeCheckpoint } from '../step/checkpoint.ts';
import type { BuildNetwork } from '../task/task.ts';
import { criterionRemark, EpochSelector } from './best-epoch.ts';
import { classCentres, firstSubCentres } from './class-centres.ts';
import { chooseEvaluationFaces, type EpochEvaluation, evaluateEpoch } from './evaluate-epoch.ts';
import { ProgressEvents, pointOf } from './progress-events.ts';
import { gainRemark } from './remarks.ts';
import { openSession, type Session, type TrainArgs } from './session.ts';

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

/**
 * One run: prepare, evaluate the untrained network, train, evaluate after every epoch, keep the best epoch.
 *
 * The untrained network counts as epoch 0, so by its own criterion the result is never worse than the start.
 * The people of `args.verify` are verified before and after and never influence the choice.
 *
 * @throws FailedRunError, ProblemError, CancelledError (also when stopped before training began)
 */
export async function trainRun(
  args: TrainArgs,
  control: RunControl,
  signal: AbortSignal,
  emit: (event: TrainerEvent) => void,
): Promise<Trained> {
  emit({ kind: 'status', status: 'preparing' });
  const session = await openSession(args, AbortSignal.any([signal, control.stopSignal]), emit);
  try {
    const run = new Run(args, session, control, signal, emit);
    const deviceLost = deviceFault(session.backend.name).then((problem) => {
      throw new FailedRunError(problem, run.result(null));
    });
    // Work on a lost device may never settle.
    return await Promise.race([run.start(), deviceLost]);
  } finally {
    session.task.dispose();
  }
}

class Run {
  private curve: EpochPoint[] = [];
  private baseline: EpochReport | null = null;
  private best: { readonly report: EpochReport; readonly checkpoint: Checkpoint } | null = null;
  private selector: EpochSelector | null = null;
  private centres: Float32Array | null = null;
  /** A sentence for each rollback. */
  private readonly rollbacks: string[] = [];
  /** Set where early stopping ended the run. */
  private endedEarly: string | null = null;
  private evaluating = 0;
  private loop: LoopResult = { steps: 0, images: 0, seconds: 0, firstLosses: [], problem: null };
  private readonly args: TrainArgs;
  private readonly session: Session;
  private readonly control: RunControl;
  private readonly signal: AbortSignal;
  private readonly emit: (event: TrainerEvent) => void;
  private readonly progressEvents: ProgressEvents;

  constructor(
    args: TrainArgs,
    session: Session,
    control: RunControl,
    signal: AbortSignal,
    emit: (event: TrainerEvent) => void,
  ) {
    this.args = args;
    this.session = session;
    this.control = control;
    this.signal = signal;
    this.emit = emit;
    this.progressEvents = new ProgressEvents(emit);
  }

  async start(): Promise<Trained> {
    const { session, args } = this;
    const { task, split } = session;
    const faces = chooseEvaluationFaces(split, task.evaluationLimit, session.random.fork('panel'));
    const onEpoch = async (epoch: number, step: number, loss: number | null): Promise<boolean> => {
      const measured = await this.timed(() => evaluateEpoch(task, faces, session.scale.value, this.signal));
      await this.recordEpoch(epoch, step, loss, measured);
      return this.continues(epoch);
    };
    await onEpoch(0, 0, null);
    const verifyBefore = await this.verifySeparate();
    this.emit({ kind: 'status', status: 'running' });
    this.loop = await runLoop({
      task,
      config: args.config,
      faces: split.train,
      labels: split.trainLabels,
      random: session.random,
      control: this.control,
      signal: this.signal,
      onPoints: (points, progress) => this.progressEvents.addSteps(points, progress),
      onPause: (paused) => {
        this.progressEvents.flush();
        this.emit({ kind: 'status', status: paused ? 'paused' : 'running' });
      },
      onRollback: (step, text) => {
        this.progressEvents.flush();
        this.rollbacks.push(text);
        this.curve = this.curve.filter((point) => point.step <= step);
        this.emit({ kind: 'rolled-back', step, text });
      },
      onEpoch,
    });
    this.progressEvents.flush();
    const { checkpoint } = present(this.best, 'the best epoch');
    restoreCheckpoint(task.learner, checkpoint);
    const { problem } = this.loop;
    // What failed the run may fail this too; the best so far is kept all the same.
    const verifyAfter = await this.verifySeparate().catch((thrown: unknown) => {
      if (!problem) throw thrown;
      return null;
    });
    this.centres = await classCentres(checkpoint, task, faces, this.signal).catch((thrown: unknown) => {
      if (!problem) throw thrown;
      return null;
    });
    const trained = this.result(
      verifyBefore && verifyAfter ? { baseline: verifyBefore, best: verifyAfter } : null,
    );
    if (problem) throw new FailedRunError(problem, trained);
    return trained;
  }

  /** The best so far; valid once the untrained network has been evaluated. */
  result(separate: TrainReport['verify']): Trained {
    const { session, args, loop } = this;
    const best = present(this.best, 'the best epoch');
    const baseline = present(this.baseline, 'the untrained network');
    const report: TrainReport = {
      config: args.config,
      backend: session.backend,
      split: session.splitReport,
      scale: session.scale,
      baseline,
      best: best.report,
      curve: this.curve,
      verify: separate,
      seconds: { prepare: session.seconds, train: loop.seconds, evaluate: this.evaluating },
      imagesPerSecond: loop.seconds > 0 ? loop.images / loop.seconds : 0,
      stopped: this.control.stopped,
      remarks: this.remarks(baseline, best.report, separate),
      firstLosses: loop.firstLosses,
    };
    return {
      report,
      best: best.checkpoint,
      build: session.task.build,
      classes: session.split.classes,
      centres: this.centres ?? firstSubCentres(best.checkpoint, session.task),
    };
  }

  /** Compares an epoch with the best so far, keeps its weights when it is better, and reports it. */
  private async recordEpoch(
    epoch: number,
    step: number,
    loss: number | null,
    measured: EpochEvaluation,
  ): Promise<void> {
    const best = this.selector?.prefers(measured) ?? true;
    this.selector ??= new EpochSelector(measured);
    const report: EpochReport = { epoch, step, loss, ...measured, best };
    this.curve.push(pointOf(report));
    this.baseline ??= report;
    if (best) this.best = { report, checkpoint: await takeCheckpoint(this.session.task.learner) };
    this.progressEvents.addEpoch(report);
  }

  /** Early stopping: false when as many epochs as the patience brought nothing better. */
  private continues(epoch: number): boolean {
    const { patience, epochs } = this.args.config;
    const best = this.best?.report.epoch ?? 0;
    if (patience === 0 || epoch - best < patience || epoch === epochs) return true;
    this.endedEarly = `The run ended after epoch ${epoch} of ${epochs}: the last ${patience} epochs were no better than epoch ${best}.`;
    return false;
  }

  private remarks(baseline: EpochReport, best: EpochReport, separate: TrainReport['verify']): string[] {
    const criterion = this.selector && criterionRemark(this.selector.criterion);
    const verified = separate ?? pair(baseline.verification, best.verification);
    const { backbone, preset } = this.args.config;
    const pretrained = isPretrained(backbone) || (backbone.kind === 'custom' && preset !== 'scratch');
    return [
      ...this.rollbacks,
      ...(this.endedEarly ? [this.endedEarly] : []),
      ...(criterion ? [criterion] : []),
      ...(verified ? [gainRemark(verified.baseline, verified.best, pretrained)] : []),
    ];
  }

  /** On exactly the pairs of the separate verification set. */
  private async verifySeparate(): Promise<VerificationReport | null> {
    const { session, args } = this;
    const set = args.verify;
    if (!set) return null;
    const person = set.faces.map((face) => face.person);
    if (!canVerify({ person, folds: set.folds })) return null;
    return this.timed(async () => {
      const { values, dimension } = await session.task.embed(session.verifyFaces, this.signal);
      return verify({ embeddings: values, dimension, person, folds: set.folds });
    });
  }

  private async timed<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.evaluating += (performance.now() - start) / 1000;
    return result;
  }
}

function pair(baseline: VerificationReport | null, best: VerificationReport | null): TrainReport['verify'] {
  return baseline && best ? { baseline, best } : null;
}
