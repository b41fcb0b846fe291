import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { BlobReader, configure, TextWriter, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { z } from 'zod';

configure({ useWebWorkers: false });

const perChannel = z
  .union([z.number(), z.array(z.number()).length(3)])
  .transform((value) => (typeof value === 'number' ? [value, value, value] : value));
const check = z.object({
  preprocessing: z.object({ inputSize: z.number(), mean: perChannel, divisor: perChannel }),
  selfTest: z.object({ picture: z.string(), embedding: z.array(z.number()) }),
});

/** The plain library as its own authors publish it, nothing of ours. */
const PLAIN_TFJS = [
  'tfjs-core/dist/tf-core',
  'tfjs-layers/dist/tf-layers',
  'tfjs-backend-cpu/dist/tf-backend-cpu',
];

/**
 * Loads a downloaded model in a fresh browser context with plain `tf.loadLayersModel` and embeds the pattern that
 * the manifest describes. Returns the largest difference from the embedding that the training page wrote down.
 */
export async function embedPatternInFreshPage(
  browser: Browser,
  zip: string,
): Promise<{ maxDifference: number; manifest: string; names: string[] }> {
  const reader = new ZipReader(new BlobReader(new Blob([readFileSync(zip)])));
  const text = new Map<string, string>();
  const weights: string[] = [];
  const names: string[] = [];
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    names.push(entry.filename);
    if (entry.filename.endsWith('.bin')) {
      weights.push(Buffer.from(await entry.getData(new Uint8ArrayWriter())).toString('base64'));
    } else text.set(entry.filename, await entry.getData(new TextWriter()));
  }
  const manifest = text.get('manifest.json') ?? '';
  const { preprocessing, selfTest } = check.parse(JSON.parse(manifest));

  const context = await browser.newContext();
  const page = await context.newPage();
  for (const script of PLAIN_TFJS) {
    await page.addScriptTag({ path: join('node_modules', '@tensorflow', `${script}.min.js`) });
  }
  const embedding = await page.evaluate(
    async ({ modelJson, shards, size, mean, divisor }) => {
      const { tf } = window as unknown as {
        tf: typeof import('@tensorflow/tfjs-layers') & typeof import('@tensorflow/tfjs-core');
      };
      const files = [new File([modelJson], 'model.json')];
      const manifestPaths: string[] = JSON.parse(modelJson).weightsManifest.flatMap(
        (group: { paths: string[] }) => group.paths,
      );
      shards.forEach((shard, i) => {
        const bytes = Uint8Array.from(atob(shard), (character) => character.charCodeAt(0));
        files.push(new File([bytes], manifestPaths[i] ?? 'weights.bin'));
      });
      const model = await tf.loadLayersModel(tf.io.browserFiles(files));
      const values: number[] = [];
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++)
          for (let c = 0; c < 3; c++) {
            const byte = (7 * y + 13 * x + 29 * c) % 256;
            values.push((byte - (mean[c] ?? 0)) / (divisor[c] ?? 1));
          }
      }
      const output = model.predict(tf.tensor(values, [1, size, size, 3]));
      if (Array.isArray(output)) throw new Error('expected one output');
      return [...(await output.data())];
    },
    {
      modelJson: text.get('model.json') ?? '',
      shards: weights,
      size: preprocessing.inputSize,
      mean: preprocessing.mean,
      divisor: preprocessing.divisor,
    },
  );
  await context.close();
  const maxDifference = Math.max(
    ...selfTest.embedding.map((value, i) => Math.abs(value - (embedding[i] ?? Number.NaN))),
  );
  return { maxDifference, manifest, names };
}
