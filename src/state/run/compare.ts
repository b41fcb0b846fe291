import { networkChoice, settings } from '../../config/settings/index.ts';
import { type Json, readPath } from '../settings/settings-form.ts';
import type { Run } from './run-store.ts';

export interface Difference {
  readonly path: string;
  readonly label: string;
  /** One text a run, in the order of the runs; a dash where the run has no such setting. */
  readonly values: readonly string[];
}

/** A setting's value as text: the kind for a group of settings. */
export function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '—';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  const kind = readPath(value, 'kind');
  return typeof kind === 'string' ? kind : '—';
}

/** The network of a run as a person calls it: by its label, or the name of its file. */
export function networkOf({ config, own }: Run): string {
  if (own) return own.name;
  const { kind } = config.backbone;
  const choices = networkChoice.kind === 'variant' ? networkChoice.choices : [];
  return choices.find(({ value }) => value.kind === kind)?.label ?? kind;
}

/** A setting of a run as text. */
const shown = (run: Run, path: string): string =>
  path === networkChoice.path ? networkOf(run) : showValue(readPath(run.config, path));

/** A path may have two settings, of which a run has one. */
const PATHS = new Map(settings.map(({ path, label }) => [path, label]));

/** The settings that are not the same in all runs, and the data when they differ. */
export function differences(runs: readonly Run[]): Difference[] {
  const rows: Difference[] = [
    { path: 'preset', label: 'Recipe', values: runs.map(({ config }) => config.preset) },
    ...[...PATHS].map(([path, label]) => ({ path, label, values: runs.map((run) => shown(run, path)) })),
    {
      path: 'data',
      label: 'Data',
      values: runs.map(({ data }) => `${data.people} people, ${data.photos} photos`),
    },
    { path: 'ran', label: 'Ran on', values: runs.map(({ backend }) => backend?.name ?? '—') },
  ];
  return rows.filter(({ values }) => new Set(values).size > 1);
}
