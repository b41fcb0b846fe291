import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { alignFace } from '../../../src/ingest/align.ts';
import { decode } from '../../../src/ingest/decode/decode.ts';
import { loadDetector } from '../../../src/ingest/detect/blazeface.ts';
import { base } from '../../../src/ingest/image-pyramid.ts';
import { findPerson } from '../../../src/ingest/photo.ts';
import list from '../../fixtures/web-faces.json';
import { listShared, readShared } from '../shared.ts';
import { difference, pixelsOf, sourcesOf, startIngest } from './run.ts';

/** All sets, for reports: VITE_FULL=1. The normal run takes a part of them. */
const FULL = Boolean(import.meta.env['VITE_FULL']);
const some = (paths: readonly string[], every: number): readonly string[] =>
  FULL ? paths : paths.filter((_, i) => i % every === 0);

const odd = await listShared('data/odd');
const lfw = [...(await listShared('data/lfw/train')), ...(await listShared('data/lfw/test'))];
const orl = await listShared('data/orl');
const web = (await listShared('data/web')).filter((path) => !path.includes('/.'));
const reference = await listShared('reference/mobilefacenet');

async function lookAt(path: string) {
  const detect = await loadDetector();
  const decoded = await decode(new Uint8Array(await (await readShared(path)).arrayBuffer()));
  if (!decoded.ok) throw new Error(`${path}: ${JSON.stringify(decoded.reason)}`);
  return { ...base(decoded.picture), picture: decoded.picture, outcome: findPerson(decoded.picture, detect) };
}

describe('photographs through the worker', () => {
  const worker = startIngest();
  afterAll(() => worker.close());

  it.skipIf(odd.length === 0)(
    'odd files: each a face or a named reason (skipped without shared/)',
    async () => {
      const { faces, rejected, summary } = await worker.run(await sourcesOf('data/odd', odd));
      expect(summary.faces + summary.rejected).toBe(odd.length);
      const reason = (name: string) => rejected.find((file) => file.path.endsWith(name))?.reason.kind;
      expect(reason('half.jpg')).toBe('damaged');
      expect(reason('header_only.png')).toBe('damaged');
      expect(reason('text.jpg')).toBe('not-an-image');
      expect(reason('zero.jpg')).toBe('empty');
      expect(reason('Thumbs.db')).toBe('system-file');
      // Decoded: what came out of the formats is a face, the same file twice, or a picture without one.
      const decoded = ['duplicate', 'no-face'];
      for (const file of rejected.filter(({ path }) => /formats|heif/.test(path)))
        expect(decoded, file.path).toContain(file.reason.kind);
      expect(faces.filter(({ path }) => path.includes('formats')).length).toBeGreaterThanOrEqual(12);

      const turned = faces.filter(({ path }) => path.includes('exif'));
      expect(turned).toHaveLength(8);
      const pixels = await Promise.all(turned.map(({ image }) => pixelsOf(image)));
      const [first] = pixels;
      const differences = pixels.map((other) => difference(first ?? other, other));
      console.warn('exif, mean difference to the first:', differences.map((d) => d.toFixed(2)).join(' '));
      expect(Math.max(...differences)).toBeLessThan(5);
    },
  );

  it.skipIf(lfw.length === 0)(
    'LFW: at least 99.5 % give a face (skipped without shared/)',
    async () => {
      await worker.call('reset', null);
      const paths = some(lfw, 5);
      const { survey, summary, rejected, events } = await worker.run(await sourcesOf('data/lfw', paths));
      console.warn(
        `lfw: ${summary.faces} of ${summary.files}, ${(summary.files / summary.seconds).toFixed(1)} photos/s,`,
        rejected.map(({ path, reason }) => `${path} ${reason.kind}`).join(', '),
      );
      expect(survey.alignedSize).toBeNull();
      expect(summary.faces / summary.files).toBeGreaterThanOrEqual(0.995);
      const progress = events.filter((event) => event.kind === 'progress');
      expect(progress.length / summary.seconds).toBeLessThan(6);
      expect(progress.at(-1)).toMatchObject({ done: paths.length, total: paths.length });
    },
    300_000,
  );

  it.skipIf(orl.length === 0)(
    'ORL: tight crops in PGM, more than 97 % give a face (skipped without shared/)',
    async () => {
      await worker.call('reset', null);
      const paths = some(orl, 4);
      const { summary, rejected } = await worker.run(await sourcesOf('data/orl', paths));
      console.warn(
        `orl: ${summary.faces} of ${summary.files}, ${(summary.files / summary.seconds).toFixed(1)} photos/s,`,
        rejected.map(({ path, reason }) => `${path} ${reason.kind}`).join(', '),
      );
      expect(summary.faces + summary.rejected).toBe(paths.length);
      expect(summary.faces / summary.files).toBeGreaterThan(0.97);
    },
    300_000,
  );

  it.skipIf(lfw.length === 0)(
    'cancels between photos and keeps what was found (skipped without shared/)',
    async () => {
      await worker.call('reset', null);
      const paths = lfw.slice(0, 60);
      const sources = await sourcesOf('data/lfw', paths);
      const { selection } = await worker.call('survey', { sources });
      const abort = new AbortController();
      worker.events.length = 0;
      const args = { selection, alignment: 'detect', unlabelledName: null, everythingIs: 'Ada' } as const;
      const running = worker.call('ingest', args, abort.signal);
      setTimeout(() => abort.abort(), 700);
      await expect(running).rejects.toThrow('Cancelled');
      const kept = worker.events.flatMap((event) => (event.kind === 'results' ? event.faces : []));
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThan(paths.length);
      expect(kept.every(({ label }) => label === 'Ada')).toBe(true);
      // The others are not taken for duplicates when they are dropped again.
      const again = await worker.run(sources);
      expect(again.faces.length).toBe(paths.length - kept.length);
      expect(again.rejected.every(({ reason }) => reason.kind === 'duplicate')).toBe(true);
    },
  );
});

describe('which face, and where', () => {
  it.skipIf(web.length === 0)(
    'full scenes: at least 85 % of the visible people are used (skipped without shared/)',
    async () => {
      const visible = list.photos.filter((photo) => photo.visible);
      const chosen = FULL ? visible : visible.filter((_, i) => i % 3 === 0);
      const missed: string[] = [];
      for (const { photo, places } of chosen) {
        const { width, height, outcome } = await lookAt(`data/web/${photo}`);
        const face = outcome.kind === 'face' ? outcome.face : null;
        const near = places.some(
          ([x = 0, y = 0]) =>
            face &&
            Math.hypot(face.x + face.width / 2 - x * width, face.y + face.height / 2 - y * height) <
              face.width * 0.6,
        );
        if (!near)
          missed.push(`${photo}: ${outcome.kind === 'face' ? 'another place' : outcome.reason.kind}`);
      }
      console.warn(`web: ${chosen.length - missed.length} of ${chosen.length} used;`, missed.join('; '));
      expect((chosen.length - missed.length) / chosen.length).toBeGreaterThanOrEqual(0.85);
    },
    300_000,
  );

  it.skipIf(reference.length === 0)('aligns like the reference faces (skipped without shared/)', async () => {
    const schema = z.array(
      z.object({ photo: z.string(), points: z.array(z.tuple([z.number(), z.number()])).length(4) }),
    );
    const wanted = schema.parse(
      JSON.parse(await (await readShared('reference/mobilefacenet/embeddings.json')).text()),
    );
    const warpErrors: number[] = [];
    const pixelErrors: number[] = [];
    const pointErrors: number[] = [];
    for (const [i, { photo, points }] of wanted.entries()) {
      const path = lfw.find((one) => one.endsWith(photo));
      if (!path) continue;
      const { picture, outcome } = await lookAt(path);
      expect(outcome.kind, photo).toBe('face');
      if (outcome.kind !== 'face') continue;
      const theirs = await pixelsOf(
        await readShared(`reference/mobilefacenet/${String(i).padStart(2, '0')}.png`),
      );
      // The reference counts pixel centres at whole numbers. With its own points the warp must give its picture.
      const same = alignFace(
        picture,
        points.map(([x, y]) => ({ x: x + 0.5, y: y + 0.5 })),
      );
      warpErrors.push(difference(same.pixels.data, theirs));
      pixelErrors.push(difference(outcome.crop.pixels.data, theirs));
      const found = outcome.face?.points ?? [];
      points.forEach(([x, y], k) => {
        pointErrors.push(Math.hypot((found[k]?.x ?? 0) - x, (found[k]?.y ?? 0) - y));
      });
    }
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    console.warn(
      `reference: ${pixelErrors.length} faces; by its points max ${Math.max(...warpErrors).toFixed(2)}; pixels mean ${mean(pixelErrors).toFixed(2)} max ${Math.max(...pixelErrors).toFixed(2)};`,
      `points mean ${mean(pointErrors).toFixed(2)} max ${Math.max(...pointErrors).toFixed(2)} px`,
    );
    expect(pixelErrors.length).toBeGreaterThan(0);
    expect(Math.max(...warpErrors)).toBeLessThan(0.5);
    expect(mean(pixelErrors)).toBeLessThan(8);
    expect(mean(pointErrors)).toBeLessThan(1.5);
  });
});
