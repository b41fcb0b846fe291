import { ProblemError } from '../lib/problem.ts';

/** An open camera. */
export interface Camera {
  readonly stream: MediaStream;
  /** Turns it off. */
  stop(): void;
}

/** A face before a webcam then has about 150 pixels, more than an aligned face; larger pictures only take longer. */
const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' } as const;
const RETRY = 'Then open the camera again, or use photos.';

/** Asks for the camera. @throws ProblemError where it is denied, missing or in use */
export async function openCamera(): Promise<Camera> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    return { stream, stop: () => stream.getTracks().map((track) => track.stop()) };
  } catch (thrown) {
    throw cameraProblem(thrown instanceof DOMException ? thrown.name : '');
  }
}

/** The problem behind the name of an exception of getUserMedia. */
export function cameraProblem(name: string): ProblemError {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new ProblemError(
        'The browser does not let this page use the camera.',
        `Allow it beside the address of the page. ${RETRY}`,
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new ProblemError('No camera was found.', `Connect one. ${RETRY}`);
    case 'NotReadableError':
    case 'AbortError':
      return new ProblemError(
        'The camera gives no picture; another program may be using it.',
        `Close that program. ${RETRY}`,
      );
    default:
      return new ProblemError('The camera could not be opened.', `Check that it works elsewhere. ${RETRY}`);
  }
}

/** The present picture of a video as a JPEG. */
export async function takePicture(video: HTMLVideoElement): Promise<Blob> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext('2d');
  if (!context || canvas.width === 0) throw cameraProblem('NotReadableError');
  context.drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
}
