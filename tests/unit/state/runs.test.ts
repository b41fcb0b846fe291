import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkerLike } from '../../../src/client/connect.ts';
import { presets } from '../../../src/config/presets.ts';
import { type Setting, settings } from '../../../src/config/settings/index.ts';
import type { AngleHistogram, EpochReport, StepPoint } from '../../../src/domain/training-report.ts';
import type { CallMap } from '../../../src/protocol/envelope.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { eventHandlers } from '../../../src/state/on-event.ts';
import { differences } from '../../../src/state/run/compare.ts';
import { pauseTraining, stopTraining } from '../../../src/state/run/run-actions.ts';
import { runDataOf } from '../../../src/state/run/run-data.ts';
import {
  beginRun,
  endRun,
  initialRuns,
  runStore,
  statusOf,
  updateRun,
} from '../../../src/state/run/run-store.ts';
import { EMPTY_SERIES, extend, MOST_POINTS, thin } from '../../../src/state/run/series.ts';
import {
  allowedValues,
  checkForm,
  type Json,
  readPath,
  settingsOf,
  writePath,
} from '../../../src/state/settings/settings-form.ts';
import { openConnections } from '../../../src/state/worker-connections.ts';
import { pointOf } from '../../../src/train/run/progress-events.ts';
import { FREE_SIZE } from '../../fixtures/custom-model-findings.ts';
import { equalSet } from '../../fixtures/people.ts';

const point = (step: number): StepPoint => ({
  step,
  epoch: step / 100,
  loss: step,
  accuracy: 0.5,
  learningRate: 0.1,
});
const angles: AngleHistogram = {
  binWidth: 3,
  target: [],
  nearestOther: [],
  targetMean: 30,
  nearestOtherMean: 80,
};
const epoch = (n: number, best: boolean): EpochReport => ({
  epoch: n,
  step: n * 10,
  loss: null,
  trainAccuracy: null,
  heldOutAccuracy: 0.5,
  heldOutLoss: 1,
  verification: null,
  angles,
  best,
});

describe('the history of a run', () => {
  it('costs no more for a hundred thousand steps than for a thousand, and keeps their means', () => {
    let series = EMPTY_SERIES;
    const total = 100_000;
    for (let step = 1; step <= total; step += 50) {
      series = extend(
        series,
        Array.from({ length: 50 }, (_, i) => point(step + i)),
      );
    }
    expect(series.points.length).toBeLessThan(MOST_POINTS);
    expect(series.points.length).toBeGreaterThanOrEqual(MOST_POINTS / 2);
    const covered = series.points.length * series.stride;
    expect(covered + series.open.length).toBe(total);
    const mean = series.points.reduce((sum, { loss }) => sum + loss, 0) / series.points.length;
    expect(mean).toBeCloseTo((covered + 1) / 2, 6);
    expect(series.points.at(-1)?.step).toBe(covered);
  });

  it('keeps single steps while there are few', () => {
    const series = extend(EMPTY_SERIES, [point(1), point(2)]);
    expect(series.points.map(({ loss }) => loss)).toEqual([1, 2]);
  });

  it('thins lists but never loses the first, the last and the best', () => {
    const kept = thin(
      Array.from({ length: 1000 }, (_, i) => i),
      24,
      (n) => n === 777,
    );
    expect(kept.length).toBeLessThanOrEqual(26);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(999);
    expect(kept).toContain(777);
  });
});

/** The event of one measured epoch. */
const measured = (n: number, best: EpochReport): TrainerEvent => {
  const latest = n === best.epoch ? best : epoch(n, false);
  return { kind: 'epochs', points: [pointOf(latest)], latest, best };
};

/** A worker that takes calls, notes their names and never answers. */
const silentWorker = <C extends CallMap<C>, E>(asked: string[]): WorkerLike<C, E> => ({
  ...{ onmessage: null, onerror: null, onmessageerror: null, terminate: () => {} },
  postMessage: (message) => {
    if (message.kind === 'call') asked.push(String(message.name));
  },
});

describe('the run store', () => {
  beforeEach(() => runStore.setState(initialRuns, true));

  it('follows the events of a run and ignores those that come after it', () => {
    eventHandlers.trainer({ kind: 'status', status: 'running' });
    expect(statusOf(runStore.getState())).toBe('idle');
    beginRun(presets.quick, runDataOf(equalSet(9, 10)));
    eventHandlers.trainer(measured(0, epoch(0, true)));
    eventHandlers.trainer({ kind: 'status', status: 'running' });
    eventHandlers.trainer({
      kind: 'steps',
      points: [point(1), point(2)],
      totalSteps: 10,
      imagesPerSecond: 5,
      secondsLeft: 3,
    });
    eventHandlers.trainer(measured(1, epoch(1, true)));
    eventHandlers.trainer(measured(2, epoch(1, true)));
    const run = runStore.getState().current;
    expect(run?.status).toBe('running');
    expect(run?.latest?.step).toBe(2);
    expect(run?.best?.epoch).toBe(1);
    expect(run?.baseline?.epoch).toBe(0);
    updateRun((now) => ({ ...now, status: 'failed' }));
    eventHandlers.trainer({ kind: 'status', status: 'running' });
    expect(statusOf(runStore.getState())).toBe('failed');
  });

  it('shows a request at once, until it has taken effect, and forgets it with the run', () => {
    const asked: string[] = [];
    openConnections(
      {
        ingest: () => silentWorker([]),
        trainer: () => silentWorker(asked),
        recogniser: () => silentWorker([]),
      },
      eventHandlers,
    );
    const pending = () => runStore.getState().current?.pending;
    beginRun(presets.quick, runDataOf(equalSet(9, 10)));
    eventHandlers.trainer({ kind: 'status', status: 'running' });
    expect(pending()).toBeNull();
    void pauseTraining();
    expect([pending(), statusOf(runStore.getState())]).toEqual(['pausing', 'running']);
    eventHandlers.trainer({ kind: 'status', status: 'paused' });
    expect([pending(), statusOf(runStore.getState())]).toEqual([null, 'paused']);
    void stopTraining();
    expect(pending()).toBe('stopping');
    eventHandlers.trainer({ kind: 'status', status: 'running' }); // the pause ends first
    expect(pending()).toBe('stopping');
    expect(asked).toEqual(['pause', 'stop']);
    updateRun((run) => endRun(run, 'stopped'));
    expect([pending(), statusOf(runStore.getState())]).toEqual([null, 'stopped']);
    void pauseTraining();
    expect(pending()).toBeNull();
  });

  it('keeps a bounded number of earlier runs and of full epochs', () => {
    for (let i = 0; i < 12; i++) {
      beginRun({ ...presets.quick, seed: i }, runDataOf(equalSet(9, 10)));
      for (let n = 0; n <= 900; n++) eventHandlers.trainer(measured(n, epoch(Math.min(n, 77), true)));
    }
    const { earlier, current } = runStore.getState();
    expect(earlier.length).toBe(8);
    expect(new Set(earlier.map(({ id }) => id)).size).toBe(8);
    expect(current?.curve.length).toBeLessThanOrEqual(402);
    expect(current?.curve.map((point) => point.epoch)).toContain(77);
    expect(current?.epochs.length).toBeLessThanOrEqual(26);
    const kept = current?.epochs.map((report) => report.epoch);
    expect(kept).toContain(0);
    expect(kept).toContain(77);
    expect(kept).toContain(900);
    expect(differences(earlier).map(({ path }) => path)).toEqual(['seed']);
  });
});

const leaves = (value: Json, path = ''): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
    : [path];

/** A form in which the setting is shown, or would be with another preset. */
function formWith({ path, kind, when }: Setting): Json | undefined {
  const base = kind === 'layer' ? presets.finetune : presets.scratch;
  const variants: Json[] = settings.flatMap((setting) =>
    setting.kind === 'variant'
      ? setting.choices.map(({ value }) => writePath(base, setting.path, value))
      : [],
  );
  return [base, presets.finetune, ...variants].find(
    (form) =>
      readPath(form, path) !== undefined &&
      (!when || when.is.some((value) => readPath(form, when.path) === value)),
  );
}

describe('settings', () => {
  it('names every setting of every preset once', () => {
    const named = settings.map(({ path }) => path);
    const places = settings.flatMap(({ path, when }) => (when?.is ?? ['']).map((is) => `${path} ${is}`));
    expect(new Set(places).size).toBe(places.length);
    for (const { path, when } of settings) {
      if (settings.filter((other) => other.path === path).length > 1) expect(when, path).toBeDefined();
    }
    const fixed = new Set(['version', 'preset', 'schedule.kind']);
    for (const preset of Object.values(presets)) {
      for (const path of leaves(preset)) {
        const shown = path.endsWith('.kind') ? path.slice(0, -'.kind'.length) : path;
        if (!fixed.has(path)) expect(named, path).toContain(shown);
      }
    }
  });

  it.each(
    settings.map((setting) => [setting.path, setting.group, setting] as const),
  )('%s (%s) agrees with the schema', (path, _, setting) => {
    const form = formWith(setting);
    if (form === undefined) throw new Error(`no form has ${path}`);
    const accepts = (value: Json): boolean => checkForm(writePath(form, path, value), FREE_SIZE).valid;
    switch (setting.kind) {
      case 'integer':
      case 'number':
      case 'auto-number': {
        expect(accepts(setting.min)).toBe(true);
        expect(accepts(setting.max)).toBe(true);
        expect(accepts(setting.max * 1.01 + 1)).toBe(false);
        expect(accepts('')).toBe(false);
        if (setting.min >= 0) expect(accepts(-setting.max)).toBe(false);
        const checked = checkForm(writePath(form, path, 'x'), FREE_SIZE);
        expect(checked.valid ? null : checked.wrong.get(path)).toBe(allowedValues(setting));
        break;
      }
      case 'switch':
        expect(accepts(true) && accepts(false)).toBe(true);
        break;
      case 'layer':
        expect([accepts('sum'), accepts(null), accepts('side'), accepts(3)]).toEqual([
          true,
          true,
          false,
          false,
        ]);
        break;
      case 'choice':
      case 'variant':
        for (const { value } of setting.choices) expect(accepts(value)).toBe(true);
        break;
    }
  });

  it('shows only what a preset has', () => {
    const paths = (form: Json): string[] => settingsOf(form).map(({ path }) => path);
    expect(paths(presets.quick)).not.toContain('backbone.trained');
    expect(paths(presets.finetune)).toContain('backbone.trained');
    expect(paths(presets.quick)).toContain('optimiser.beta1');
    expect(paths(presets.quick)).not.toContain('optimiser.momentum');
    expect(paths(presets.scratch)).toContain('backbone.inputSize');
  });
});
