import { afterEach, expect, it, vi } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { exportTrained } from '../../../src/export/export-trained.ts';
import { tfjs } from '../../../src/export/formats/tfjs.ts';
import { loadForFineTuning } from '../../../src/model/backbones/pretrained.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from '../train/synthetic.ts';

afterEach(() => vi.unstubAllGlobals());

it('the model of a run is written without a connection: its pretrained network is not fetched again', async () => {
  const data = await syntheticPeople(3, 3, 1);
  const { signal } = new AbortController();
  const config = { ...presets.quick, backend: 'simd', epochs: 1 } as const;
  const trained = await trainRun({ config, data, verify: null }, new RunControl(), signal, () => {});
  const fetch = vi.fn(async () => {
    throw new TypeError('Failed to fetch');
  });
  vi.stubGlobal('fetch', fetch);
  const name = 'offline';
  const request = { format: tfjs, name, operatingPoint: 'equal-error-rate', trained, data } as const;
  const { check } = await exportTrained(request, signal);
  expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
  expect(fetch).not.toHaveBeenCalled();

  // What was not fetched before the connection went is asked for again once it is back.
  const dlib = { kind: 'pretrained-dlib' } as const;
  await expect(loadForFineTuning(dlib, 'all')).rejects.toThrow(/could not be loaded \(Failed to fetch\)/);
  vi.unstubAllGlobals();
  (await loadForFineTuning(dlib, 'all')).dispose();
});
