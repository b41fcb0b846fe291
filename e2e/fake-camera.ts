import { writeFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from '@playwright/test';
import { QUIET_FLAGS } from '../scripts/find-browser.mjs';

/** A video of 640 x 480 at 30 frames a second, which Chromium's fake camera plays over and over. */
export const CAMERA = { width: 640, height: 480, perSecond: 30, frames: 90 } as const;
/** Frames at the end in which nobody is there. */
const EMPTY = 12;

/**
 * Writes a video (JPEG frames one behind the other) of a picture with a face that moves a little before a plain wall: around
 * an ellipse, nearer and further by a tenth. At its end nobody is there.
 *
 * @param picture a data URL
 * @param edge of the picture in the video, in pixels
 */
export async function filmPicture(page: Page, picture: string, edge: number, path: string): Promise<void> {
  const frames = await page.evaluate(
    async ({ source, size, empty, camera }) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = camera.width;
      canvas.height = camera.height;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      return Array.from({ length: camera.frames }, (_, i) => {
        context.fillStyle = '#8a8f94';
        context.fillRect(0, 0, camera.width, camera.height);
        const turn = (2 * Math.PI * i) / (camera.frames - empty);
        const side = size * (1 + 0.05 * Math.sin(2 * turn));
        const x = (camera.width - side) / 2 + 50 * Math.sin(turn);
        const y = (camera.height - side) / 2 + 15 * Math.cos(turn);
        if (i < camera.frames - empty) context.drawImage(image, x, y, side, side);
        return canvas.toDataURL('image/jpeg', 0.92).split(',')[1] ?? '';
      });
    },
    { source: picture, size: edge, empty: EMPTY, camera: CAMERA },
  );
  writeFileSync(path, Buffer.concat(frames.map((frame) => Buffer.from(frame, 'base64'))));
}

/** A browser whose camera plays a video, and that asks nobody. */
export const launchWithCamera = (video: string): Promise<Browser> =>
  chromium.launch({
    ...(process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {}),
    args: [
      ...QUIET_FLAGS,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    ],
  });

/** What the page shows over one frame. */
export interface Shown {
  /** Milliseconds. */
  readonly at: number;
  /** Left, top, width, height in percent of the frame, and the name; a row for each face. */
  readonly faces: readonly { readonly box: readonly number[]; readonly name: string }[];
}

/** Writes down, for some seconds, what stands over the picture of the camera each time that it changes. */
export const watchFaces = (page: Page, seconds: number): Promise<readonly Shown[]> =>
  page.evaluate(async (duration) => {
    const video = document.querySelector('.use-video');
    if (!video) throw new Error('no video');
    const shown: { at: number; faces: { box: number[]; name: string }[] }[] = [];
    const observer = new MutationObserver(() => {
      const faces = [...video.querySelectorAll<HTMLElement>('.use-box')].map((element) => ({
        box: (['left', 'top', 'width', 'height'] as const).map((side) =>
          Number.parseFloat(element.style[side]),
        ),
        name: element.textContent ?? '',
      }));
      shown.push({ at: performance.now(), faces });
    });
    observer.observe(video, { subtree: true, childList: true, attributes: true, characterData: true });
    await new Promise((resolve) => setTimeout(resolve, 1000 * duration));
    observer.disconnect();
    return shown;
  }, seconds);

/** Intersection over union of two boxes (left, top, width, height). */
export function overlapOf(a: readonly number[], b: readonly number[]): number {
  const along = (i: 0 | 1): number => {
    const [startA = 0, startB = 0, lengthA = 0, lengthB = 0] = [a[i], b[i], a[i + 2], b[i + 2]];
    return Math.max(0, Math.min(startA + lengthA, startB + lengthB) - Math.max(startA, startB));
  };
  const area = ([, , width = 0, height = 0]: readonly number[]): number => width * height;
  const common = along(0) * along(1);
  return common / (area(a) + area(b) - common);
}
