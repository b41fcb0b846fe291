import { readdir, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type BrowserCommand, type TestSpecification } from 'vitest/node';
import { QUIET_FLAGS, SOFTWARE_GPU_FLAGS } from './scripts/find-browser.mjs';
import { layerModulePlugin } from './scripts/layer-module.mjs';
import { isolationHeaders, simdKernels } from './vite.config.ts';

/** Photographs for local tests lie beside the repository; tests that need them skip where they are missing. */
const shared = join(import.meta.dirname, '..', 'shared');
const inside = (path: string): string => {
  const full = normalize(join(shared, path));
  if (!full.startsWith(shared)) throw new Error(`${path} is outside the shared folder`);
  return full;
};

/** All files below a folder of shared/, sorted, '/' between folders; empty where the folder is missing. */
const listShared: BrowserCommand<[string]> = async (_, folder) => {
  const entries = await readdir(inside(folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(shared.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
};
const readShared: BrowserCommand<[string]> = async (_, path) =>
  (await readFile(inside(path))).toString('base64');

/** The examples import the package by its name; here that means its sources. */
const librarySources = ['index', 'layer', 'simd'].map((name) => ({
  find: name === 'index' ? /^arcface-studio$/ : `arcface-studio/${name}`,
  replacement: join(import.meta.dirname, 'src', 'library', `${name}.ts`),
}));

/**
 * The tests of training first: with two files at a time a long one at the end would leave a core idle. Vitest itself
 * knows only from earlier runs what takes long.
 */
class TrainingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const training = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/tests/browser/train/');
    const sorted = await super.sort(files);
    return [...sorted.filter(training), ...sorted.filter((file) => !training(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: TrainingFirst },
    projects: [
      {
        plugins: [layerModulePlugin()],
        resolve: { alias: librarySources },
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node' },
      },
      {
        plugins: [layerModulePlugin()],
        test: {
          name: 'package',
          include: ['tests/{package,torch}/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [simdKernels, layerModulePlugin()],
        cacheDir: '.cache/vite',
        server: { headers: isolationHeaders },
        optimizeDeps: {
          include: [
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-layers',
            '@tensorflow/tfjs-backend-cpu',
            '@tensorflow/tfjs-backend-webgl',
            '@tensorflow/tfjs-backend-webgpu',
            '@zip.js/zip.js',
            'idb',
            'onnxruntime-web/wasm',
            'protobufjs/minimal.js',
            'utif2',
            'libheif-js/libheif-wasm/libheif-bundle.mjs',
            'h5wasm',
            'zod',
            // Found late, they would make Vite reload a test that runs.
            '@mantine/core',
            '@mantine/hooks',
            '@tanstack/react-virtual',
            'lucide-react',
            'react',
            'react-dom/client',
            'react/jsx-dev-runtime',
            'recharts',
            'zustand',
            'zustand/vanilla',
          ],
        },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          // Of two cores, each test may find both in use.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Pages side by side. Much of a test is one thread or a wait: one page leaves half of two cores idle.
          maxWorkers: 2,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {}),
                args: [...QUIET_FLAGS, ...SOFTWARE_GPU_FLAGS],
              },
            }),
            instances: [{ browser: 'chromium' }],
            commands: { listShared, readShared },
          },
        },
      },
    ],
  },
});
