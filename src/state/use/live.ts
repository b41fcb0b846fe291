import { cameraProblem } from '../../client/camera.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import type { RecognisedPhoto } from '../../protocol/recognise.ts';
import { connections } from '../worker-connections.ts';
import { ensureModel } from './model-actions.ts';

/** Tries without a frame, one after the other, after which the camera counts as broken: about ten seconds. */
const MOST_EMPTY = 100;
/** Weight of the newest frame in the frame rate. */
const NEWEST = 0.15;

export interface LiveFrame {
  readonly photo: RecognisedPhoto;
  /** A moving average. */
  readonly framesPerSecond: number;
}

/**
 * Names the faces in frames until the signal is given; one frame is under way at a time, and nothing is kept.
 *
 * @param grab waits for the next frame, but not for long, and gives it; null while there is none
 * @throws ProblemError; CancelledError once the signal is given
 */
export async function nameFrames(
  grab: () => Promise<ImageBitmap | null>,
  show: (frame: LiveFrame) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!(await ensureModel())) return;
  let perFrame: number | null = null;
  let first = true;
  let empty = 0;
  let began = performance.now();
  for (;;) {
    const frame = await grab();
    if (signal.aborted) frame?.close();
    throwIfAborted(signal);
    empty = frame === null ? empty + 1 : 0;
    if (empty > MOST_EMPTY) throw cameraProblem('NotReadableError');
    if (frame === null) continue;
    const photo = await connections().recogniser.call('frame', { frame, first }, signal, [frame]);
    throwIfAborted(signal);
    first = false;
    const now = performance.now();
    const took = Math.max(1, now - began);
    began = now;
    perFrame = perFrame === null ? took : perFrame + NEWEST * (took - perFrame);
    show({ photo, framesPerSecond: 1000 / perFrame });
  }
}
