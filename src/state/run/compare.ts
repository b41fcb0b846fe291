import { networkChoice, settings } from '../../config/settings/index.ts';
import { readPath, showValue } from '../settings/settings-form.ts';
import { describeData } from './run-data.ts';
import type { Run } from './run-store.ts';

export interface Difference {
  readonly path: string;
  readonly label: string;
  /** One text per run, in the order of the runs; a dash where the run has no such setting. */
  readonly values: readonly string[];
}

/** The network of a run: its label, or the file name of a custom model. */
export function networkOf({ config, customModel }: Run): string {
  if (customModel) return customModel.name;
  const { kind } = config.backbone;
  const choices = networkChoice.kind === 'variant' ? networkChoice.choices : [];
  return choices.find(({ value }) => value.kind === kind)?.label ?? kind;
}

/** A setting of a run as text. */
const shown = (run: Run, path: string): string =>
  path === networkChoice.path ? networkOf(run) : showValue(readPath(run.config, path));

/** A path may have two settings, of which a run has one. */
const LABELS = new Map(settings.map(({ path, label }) => [path, label]));

/** The settings that differ between the runs, and the data and backend where they do. */
export function differences(runs: readonly Run[]): Difference[] {
  const rows: Difference[] = [
    { path: 'preset', label: 'Training mode', values: runs.map(({ config }) => config.preset) },
    ...[...LABELS].map(([path, label]) => ({ path, label, values: runs.map((run) => shown(run, path)) })),
    {
      path: 'data',
      label: 'Data',
      values: runs.map(({ data }) => describeData(data)),
    },
    { path: 'ran', label: 'Backend used', values: runs.map(({ backend }) => backend?.name ?? '—') },
  ];
  return rows.filter(({ values }) => new Set(values).size > 1);
}
