import type { EpochPoint, EpochReport, TrainReport } from '../../domain/training-report.ts';
import { trainingDevice } from '../../engine/ops/training-device.ts';
import { present } from '../../lib/assert.ts';
import { CancelledError, throwIfAborted } from '../../lib/problem.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import { type LoopResult, type LoopState, runLoop, stepOf } from '../loop/loop.ts';
import type { RunControl } from '../loop/run-control.ts';
import { type Checkpoint, restoreCheckpoint, takeCheckpoint } from '../step/checkpoint.ts';
import { criterionRemark, EpochSelector } from './best-epoch.ts';
import { classCentres, firstSubCentres } from './class-centres.ts';
import type { EpochEvaluation } from './evaluate-epoch.ts';
import type { HeldOutFigures } from './evaluate-held-out.ts';
import { type HeldOutFaces, impostorScores, templatesOf } from './held-out-people.ts';
import { ProgressEvents, pointOf } from './progress-events.ts';
import { missingRemark, verifiedRemark } from './remarks.ts';
import { RunEvaluation } from './run-evaluation.ts';
import type { Session, TrainArgs } from './session.ts';
import { FailedRunError, type Trained } from './trained.ts';

interface Kept {
  readonly report: EpochReport;
  readonly checkpoint: Checkpoint;
}

/**
 * A run from the evaluation of the untrained network to its result. It outlives the device that it computes on: {@link start}
 * goes on on another one from what was saved.
 */
export class Run {
  private curve: EpochPoint[] = [];
  private untrained: Kept | null = null;
  private best: Kept | null = null;
  private selector: EpochSelector | null = null;
  private centres: Float32Array | null = null;
  /** With the best network. */
  private heldOutFaces: HeldOutFaces | null = null;
  /** What is told of each rollback, and of each device that failed. */
  private readonly rollbacks: string[] = [];
  /** Set where early stopping ended the run. */
  private endedEarly: string | null = null;
  /** Set where the best epoch was not better on all held-out people. */
  private notBetter: string | null = null;
  /** Of all held-out faces, where the epochs' figures are of a sample. */
  private heldOut: { readonly baseline: HeldOutFigures; readonly best: HeldOutFigures } | null = null;
  /** What the page is told while nothing is paused. */
  private status: 'preparing' | 'running' = 'preparing';
  private readonly evaluation: RunEvaluation;
  /** Seconds of preparation. */
  private prepared: number;
  private evaluatedBefore = false;
  /** What the loop goes on from. */
  private saved: LoopState | null = null;
  /** Null until the loop has ended. */
  private ended: LoopResult | null = null;
  private readonly args: TrainArgs;
  private session: Session;
  private readonly control: RunControl;
  /** Aborted when the run is cancelled, or its device failed. */
  private signal: AbortSignal;
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
    this.prepared = -control.pausedMs / 1000;
    const onPause = (paused: boolean): void => this.onPause(paused);
    this.evaluation = new RunEvaluation({ args, session, control, signal, emit, onPause });
  }

  /** Whether there is anything to go on from, or to keep. */
  get begun(): boolean {
    return this.best !== null;
  }

  /** The step that it goes on from. */
  get savedStep(): number {
    return this.ended?.steps ?? (this.saved ? stepOf(this.saved) : 0);
  }

  /** Says why and how the run goes on from an earlier step: what came after it is dropped. */
  tell(text: string, step = this.savedStep): void {
    this.progressEvents.flush();
    this.rollbacks.push(text);
    this.curve = this.curve.filter((point) => point.step <= step);
    this.emit({ kind: 'rolled-back', step, text });
  }

  /**
   * Computes the run, from its beginning or from what was saved on a device that failed.
   *
   * @param session prepared on the active backend
   * @param signal aborted when the run is cancelled, or this device fails
   */
  async start(session: Session, signal: AbortSignal): Promise<Trained> {
    this.session = session;
    this.signal = signal;
    this.status = 'preparing';
    this.prepared += session.seconds;
    this.evaluation.moveTo(session, signal);
    const { evaluation } = this;
    const { task, split } = session;
    if (this.untrained) restoreCheckpoint(task.learner, this.untrained.checkpoint);
    else await this.recordEpoch(0, 0, null, await this.alive(evaluation.epoch(this.control.stopSignal)));
    if (!this.evaluatedBefore) await this.alive(evaluation.before());
    this.evaluatedBefore = true;
    // The first step on a graphics device waits for its kernels: see onCompiled.
    if (!trainingDevice()) this.runs();
    this.ended ??= await this.alive(this.train());
    this.progressEvents.flush();
    restoreCheckpoint(task.learner, present(this.best, 'the best epoch').checkpoint);
    await this.orNothing(this.evaluateHeldOut());
    const separate = await this.orNothing(evaluation.separate(this.best === this.untrained));
    const { checkpoint } = present(this.best, 'the best epoch');
    const trained = { faces: split.train, labels: split.trainLabels };
    const ended = AbortSignal.any([signal, this.control.overdueSignal]);
    this.centres = await this.orNothing(classCentres(checkpoint, task, trained, ended));
    if (split.verification.length > 0) {
      this.heldOutFaces = await this.orNothing(evaluation.heldOutPeople(this.best === this.untrained));
    }
    const result = this.result(separate);
    const { problem } = this.ended;
    if (problem) throw new FailedRunError(problem, result);
    return result;
  }

  private train(): Promise<LoopResult> {
    const { session, signal, args } = this;
    const { task, split } = session;
    return runLoop({
      task,
      config: args.config,
      faces: split.train,
      labels: split.trainLabels,
      random: session.random,
      control: this.control,
      signal,
      parts: session.place.parts,
      from: this.saved,
      onSaved: (state) => {
        if (!signal.aborted) this.saved = state;
      },
      onCompiled: (done, total) => {
        if (!signal.aborted) this.onCompiled(done, total);
      },
      onPoints: (points, progress) => {
        if (signal.aborted) return;
        this.runs();
        this.progressEvents.addSteps(points, progress);
      },
      onPause: (paused) => this.onPause(paused),
      onRollback: (step, text) => {
        if (!signal.aborted) this.tell(text, step);
      },
      onEpoch: (epoch, step, loss) => this.afterEpoch(epoch, step, loss),
    });
  }

  /** Work whose result counts as long as the device that it was computed on is there, and the run is not cancelled. */
  private async alive<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    const result = await work;
    throwIfAborted(signal);
    return result;
  }

  /** What failed the run may fail this too, and a stopped run may have no time for it; the best so far is kept all the same. */
  private orNothing<T>(work: Promise<T>): Promise<T | null> {
    const { signal } = this;
    return this.alive(work).catch((thrown: unknown) => {
      if (!signal.aborted && (this.ended?.problem || this.isOverdue(thrown))) return null;
      throw thrown;
    });
  }

  /** Whether this was thrown because the run was stopped a while ago, not because it was cancelled. */
  private isOverdue(thrown: unknown): boolean {
    return thrown instanceof CancelledError && this.control.overdueSignal.aborted && !this.signal.aborted;
  }

  private onCompiled(done: number, total: number): void {
    if (this.status === 'running') return; // another shape, later in the run
    this.emit({ kind: 'preparing', what: 'Preparing the graphics device', done, total });
    if (done === total) this.runs();
  }

  /** Tells that training has begun, once. */
  private runs(): void {
    if (this.status === 'running') return;
    this.status = 'running';
    this.emit({ kind: 'status', status: 'running' });
  }

  private onPause(paused: boolean): void {
    this.progressEvents.flush();
    this.emit({ kind: 'status', status: paused ? 'paused' : this.status });
  }

  /** @returns false to end the run */
  private async afterEpoch(epoch: number, step: number, loss: number): Promise<boolean> {
    try {
      const measured = await this.alive(this.evaluation.epoch(this.control.overdueSignal));
      await this.recordEpoch(epoch, step, loss, measured);
    } catch (thrown) {
      if (this.isOverdue(thrown)) return false; // the best epoch before is kept
      throw thrown;
    }
    return this.continues(epoch);
  }

  /**
   * Evaluates the best epoch on all held-out faces. Where it then is not better than the network before training, by the
   * rule that epochs are selected by, that network is kept after all.
   */
  private async evaluateHeldOut(): Promise<void> {
    const [best, untrained] = [present(this.best, 'the best epoch'), present(this.untrained, 'epoch 0')];
    const figures = await this.alive(this.evaluation.after(best === untrained));
    this.heldOut = figures;
    if (!figures?.baseline.verification || !figures.best.verification || best === untrained) return;
    if (new EpochSelector(figures.baseline).prefers(figures.best)) return;
    this.notBetter = `Of the sample that is evaluated after each epoch, epoch ${best.report.epoch} was the best; on all held-out faces it is no better than the network before training, which is kept.`;
    this.best = untrained;
    this.heldOut = { baseline: figures.baseline, best: figures.baseline };
    restoreCheckpoint(this.session.task.learner, untrained.checkpoint);
  }

  /** The best so far; valid once the untrained network has been evaluated. */
  result(separate: TrainReport['verify']): Trained {
    const { session, args } = this;
    const loop = this.ended ?? { images: 0, seconds: 0, firstLosses: [], ...this.saved };
    const kept = present(this.best, 'the best epoch');
    const baseline = {
      ...present(this.untrained, 'the untrained network').report,
      ...known(this.heldOut?.baseline),
    };
    const best = { ...kept.report, ...known(this.heldOut?.best) };
    const faces = this.heldOutFaces;
    const templates = faces ? templatesOf(faces) : [];
    const missing = new Set(session.split.verificationPeople).size - templates.length;
    const centres = this.centres ?? firstSubCentres(kept.checkpoint, session.task);
    const criterion = this.selector && criterionRemark(this.selector.criterion);
    const report: TrainReport = {
      config: args.config,
      backend: session.backend,
      split: session.splitReport,
      scale: session.scale,
      baseline,
      best,
      evaluated: this.evaluation.evaluated,
      curve: this.curve,
      verify: separate,
      seconds: { prepare: this.prepared, train: loop.seconds, evaluate: this.evaluation.seconds },
      imagesPerSecond: loop.seconds > 0 ? loop.images / loop.seconds : 0,
      stopped: this.control.stopped,
      remarks: [
        ...this.rollbacks,
        ...(this.endedEarly ? [this.endedEarly] : []),
        ...(this.notBetter ? [this.notBetter] : []),
        ...(criterion ? [criterion] : []),
        ...verifiedRemark(
          args.config,
          separate ?? { baseline: baseline.verification, best: best.verification },
        ),
        ...missingRemark(missing),
      ],
      firstLosses: loop.firstLosses,
    };
    return {
      report,
      best: kept.checkpoint,
      build: session.task.build,
      classes: session.split.classes,
      heldOut: { faces: session.split.verification, people: session.split.verificationPeople },
      centres,
      templates,
      impostors: faces && impostorScores(faces, centres),
    };
  }

  /** Compares an epoch with the best so far, keeps its weights when it is better, and reports it. */
  private async recordEpoch(
    epoch: number,
    step: number,
    loss: number | null,
    measured: EpochEvaluation,
  ): Promise<void> {
    const checkpoint = await this.alive(takeCheckpoint(this.session.task.learner));
    const best = this.selector?.prefers(measured) ?? true;
    this.selector ??= new EpochSelector(measured);
    const report: EpochReport = { epoch, step, loss, ...measured, best };
    this.curve.push(pointOf(report));
    if (best) this.best = { report, checkpoint };
    this.untrained ??= this.best;
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
}

/** The figures that there are. */
function known(figures: HeldOutFigures | undefined): Partial<EpochReport> {
  if (!figures) return {};
  const { verification, heldOutAccuracy, heldOutLoss } = figures;
  return {
    ...(verification && { verification }),
    ...(heldOutAccuracy !== null && { heldOutAccuracy, heldOutLoss }),
  };
}
