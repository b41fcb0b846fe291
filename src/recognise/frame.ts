import { createPyramid, type ImagePyramid } from '../ingest/image-pyramid.ts';
import { ProblemError } from '../lib/problem.ts';

/** Longest side of a frame that is looked at: the detector sees 256 pixels, and an aligned face has 112. */
const LONGEST_SIDE = 1280;

/** Reads frames of a camera into one canvas. Each is closed, and the canvas holds no more than the last. */
export class FrameReader {
  private canvas: OffscreenCanvas | null = null;

  /** @throws ProblemError where there is no memory for it */
  read(frame: ImageBitmap): ImagePyramid {
    try {
      const reduction = Math.max(1, Math.max(frame.width, frame.height) / LONGEST_SIDE);
      const width = Math.max(1, Math.round(frame.width / reduction));
      const height = Math.max(1, Math.round(frame.height / reduction));
      if (this.canvas?.width !== width || this.canvas.height !== height) {
        this.canvas = new OffscreenCanvas(width, height);
      }
      const context = this.canvas.getContext('2d', { willReadFrequently: true, alpha: false });
      if (!context) {
        throw new ProblemError('The browser has no memory left for the camera.', 'Close other tabs.');
      }
      context.drawImage(frame, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      context.clearRect(0, 0, width, height);
      return createPyramid({ width, height, data }, reduction);
    } finally {
      frame.close();
    }
  }
}
