import {
  DeviceFault,
  deviceFault,
  disposeOf,
  unlessDeviceFails,
} from '../../engine/selection/device-fault.ts';
import { CancelledError, ProblemError } from '../../lib/problem.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import type { RunControl } from '../loop/run-control.ts';
import { Run } from '../run/run.ts';
import { FIRST_PLACE, openSession, type Session, type TrainArgs } from '../run/session.ts';
import { FailedRunError, type Trained } from '../run/trained.ts';
import { faultText, nextPlace } from './next-place.ts';

/** Work on a device that failed ends by itself within this time, or never. */
const ENDS_WITHIN_MS = 1000;

/**
 * One run: prepare, evaluate the untrained network, train, evaluate after every epoch, keep the best epoch.
 *
 * After an epoch a sample of the faces is evaluated, all held-out ones before training and with the best epoch
 * (`planEvaluation` says why). The untrained network counts as epoch 0, so by its own criterion the result is never worse
 * than the start. The people of `args.verify` are verified before and after and never influence the choice.
 *
 * Where the device fails, everything on it is lost: the task is made anew, there with smaller batches or on another
 * backend (`nextPlace`), and the run goes on from the weights that were saved last.
 *
 * @throws FailedRunError, ProblemError, CancelledError (also when stopped before training began)
 */
export async function trainRun(
  args: TrainArgs,
  control: RunControl,
  signal: AbortSignal,
  emit: (event: TrainerEvent) => void,
): Promise<Trained> {
  const ended = AbortSignal.any([signal, control.stopSignal]);
  const whilePaused = (): Promise<void> =>
    control.whilePaused(ended, (paused) => emit({ kind: 'status', status: paused ? 'paused' : 'preparing' }));
  let run: Run | null = null;
  let place = FIRST_PLACE;
  /** Of the device before. */
  let fault: DeviceFault | null = null;
  for (;;) {
    let session: Session | null = null;
    try {
      emit({ kind: 'status', status: 'preparing' });
      session = await openSession(args, ended, emit, whilePaused, place);
      run ??= new Run(args, session, control, signal, emit);
      if (fault) run.tell(faultText(fault, place, session.backend, run.savedStep, args.config));
      fault = null;
      return await computed(run, session, signal);
    } catch (thrown) {
      if (!(thrown instanceof DeviceFault)) {
        if (session || !run?.begun) throw thrown;
        // It could not go on; the best so far is kept.
        if (thrown instanceof CancelledError && !signal.aborted) return run.result(null);
        if (thrown instanceof ProblemError) throw new FailedRunError(fault ?? thrown, run.result(null));
        throw thrown;
      }
      fault = thrown;
      const next = nextPlace(place, fault, session?.backend ?? null, args.config);
      place = { ...next, resumes: run?.begun ?? false };
    } finally {
      if (session) disposeOf(session.task);
    }
  }
}

/** What the run comes to on this device. @throws DeviceFault once nothing uses the device any more */
async function computed(run: Run, session: Session, signal: AbortSignal): Promise<Trained> {
  const { name } = session.backend;
  const failed = new AbortController();
  void deviceFault(name).then(() => failed.abort());
  const work = run.start(session, AbortSignal.any([signal, failed.signal]));
  try {
    return await unlessDeviceFails(name, work);
  } finally {
    if (failed.signal.aborted) {
      const late = new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS));
      await Promise.race([work.catch(() => {}), late]);
    }
  }
}
