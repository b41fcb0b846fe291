import { cameraProblem } from '../../client/camera.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import type { RecognisedPhoto } from '../../protocol/recognise.ts';
import { connections } from '../worker-connections.ts';
import { ensureModel } from './model-actions.ts';

/** A camera gives about thirty frames a second. */
const SHORTEST_MS = 30;
/** Tries without a frame, one after the other, after which the camera counts as broken: about ten seconds. */
const MOST_EMPTY = 300;
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
 * @param grab gives the present frame; null while there is none
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
    throwIfAborted(signal);
    const frame = await grab();
    empty = frame === null ? empty + 1 : 0;
    if (empty > MOST_EMPTY) throw cameraProblem('NotReadableError');
    if (frame !== null) {
      const photo = await named(frame, first, signal);
      first = false;
      const took = Math.max(SHORTEST_MS, performance.now() - began);
      perFrame = perFrame === null ? took : perFrame + NEWEST * (took - perFrame);
      show({ photo, framesPerSecond: 1000 / perFrame });
    }
    const left = SHORTEST_MS - (performance.now() - began);
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    began = performance.now();
  }
}

async function named(frame: ImageBitmap, first: boolean, signal: AbortSignal): Promise<RecognisedPhoto> {
  try {
    return await connections().recogniser.call('frame', { frame, first }, signal);
  } finally {
    // The worker closes its copy.
    frame.close();
  }
}
