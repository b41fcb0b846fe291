import { describe, expect, it } from 'vitest';
import { loadDetector } from '../../../src/ingest/detect/blazeface.ts';
import { overlap } from '../../../src/ingest/detect/boxes.ts';
import { findAtOnce, findNear, lookCloser } from '../../../src/ingest/detect/find.ts';
import { createPyramid, type ImagePyramid } from '../../../src/ingest/image-pyramid.ts';
import { listShared, readShared } from '../shared.ts';

/** A quarter of the detector's work finds the same faces, on photographs beside the repository. */

const PHOTOS = 'data/lfw/test';
const paths = (await listShared(PHOTOS)).filter((_, i) => i % 12 === 0);
if (paths.length === 0) console.warn(`Skipped: no photographs in shared/${PHOTOS}.`);

async function frameOf(path: string, x: number, y: number, size: number): Promise<ImagePyramid> {
  const context = new OffscreenCanvas(640, 480).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#777';
  context.fillRect(0, 0, 640, 480);
  const bitmap = await createImageBitmap(await readShared(path));
  context.drawImage(bitmap, x, y, size, size);
  bitmap.close();
  return createPyramid({ width: 640, height: 480, data: context.getImageData(0, 0, 640, 480).data }, 1);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe.skipIf(paths.length === 0)('a face near where it was', () => {
  it.each([200, 300, 440])('is found as in the whole picture, photos of %i pixels', async (size) => {
    const detect = await loadDetector();
    const overlaps: number[] = [];
    const apart: { readonly near: number; readonly whole: number }[] = [];
    let lost = 0;
    for (const path of paths) {
      const [before] = findAtOnce(await frameOf(path, 100, 30, size), detect);
      const picture = await frameOf(path, 100 + 0.06 * size, 30 - 0.03 * size, size);
      const [whole] = findAtOnce(picture, detect);
      if (!before || !whole || whole.score < 0.7 || before.score < 0.7) continue;
      const near = findNear(picture, detect, before);
      const close = lookCloser(picture, detect, whole);
      if (!near) lost++;
      if (!near || !close) continue;
      overlaps.push(overlap(near, whole));
      const distance = (face: typeof near): number =>
        Math.max(
          ...face.points.map((point, i) =>
            Math.hypot(point.x - (close.points[i]?.x ?? 0), point.y - (close.points[i]?.y ?? 0)),
          ),
        ) / close.width;
      apart.push({ near: distance(near), whole: distance(whole) });
    }
    console.warn(
      `${overlaps.length} faces, ${lost} lost; overlap median ${median(overlaps).toFixed(3)}, lowest ${Math.min(...overlaps).toFixed(3)}; ` +
        `farthest point from that of a closer look, in widths of the face: near ${median(apart.map(({ near }) => near)).toFixed(3)}, ` +
        `whole picture ${median(apart.map(({ whole }) => whole)).toFixed(3)}`,
    );
    expect(overlaps.length).toBeGreaterThan(0.8 * paths.length);
    expect(lost).toBeLessThanOrEqual(0.03 * paths.length);
    expect(median(overlaps)).toBeGreaterThan(0.8);
    expect(Math.min(...overlaps)).toBeGreaterThan(0.4);
  });
});
