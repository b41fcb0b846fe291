import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { z } from 'zod';

/** `npm run bench` as a person runs it, as short as can be. */

const positive = z.number().positive();
const row = z.object({
  backend: z.literal('simd'),
  backbone: z.literal('small-cnn'),
  size: z.literal(32),
  batch: z.literal(2),
  forward: z.literal(false),
  imagesPerSecond: positive,
  stepMs: z.object({
    median: positive,
    spread: z.number().min(0),
    lowest: positive,
    highest: positive,
    count: z.literal(2),
  }),
  rounds: z.array(z.array(positive).length(2)).length(1),
  timesFirst: z.literal(1),
  loss: positive,
  threads: z.literal(2),
  userAgent: z.string().regex(/Chrom/),
  adapter: z.null(),
  notMeasured: z.null(),
  smallerBatch: z.null(),
  busyElsewhere: z.number().min(0).max(1),
  kernels: z.object({
    kernels: z
      .array(z.object({ name: z.string(), ours: z.boolean(), ms: z.number().min(0), calls: positive }))
      .min(5),
    stepMs: positive,
    productGflops: positive,
  }),
});
const unmeasured = z.object({
  backend: z.literal('wasm'),
  imagesPerSecond: z.null(),
  stepMs: z.null(),
  notMeasured: z.string().regex(/no gradients/),
});

test('bench --json: one line a row, with where the time went', async () => {
  const asked = '--backbone small-cnn --size 32 --batch 2 --steps 2 --rounds 1 --threads 2 --kernels --json';
  const { stdout } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'bench', '--', '--backend', 'simd,wasm', ...asked.split(' ')],
    { shell: process.platform === 'win32' },
  );
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(2);
  const { kernels } = row.parse(JSON.parse(lines[0] ?? ''));
  unmeasured.parse(JSON.parse(lines[1] ?? ''));
  // Self times add up to no more than the whole, also where kernels call kernels.
  const inKernels = kernels.kernels.reduce((sum, { ms }) => sum + ms, 0);
  expect(inKernels).toBeLessThanOrEqual(kernels.stepMs * 1.001);
  // The matrix products are the backend's own.
  expect(kernels.kernels.some(({ name, ours }) => ours && name.includes('MatMul'))).toBe(true);
});
