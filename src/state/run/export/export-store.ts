import { createStore } from 'zustand/vanilla';
import type { ExportFormatInfo } from '../../../domain/export/export-format.ts';
import { DEFAULT_OPERATING_POINT, type OperatingPointName } from '../../../domain/operating-point.ts';
import { showThrown } from '../../problems.ts';
import { connections } from '../../worker-connections.ts';
import { type Run, runStore } from '../run-store.ts';
import { clearPrecision, precisionStore } from './precision-store.ts';

export type ExportState =
  | { readonly status: 'none' }
  | { readonly status: 'writing'; readonly format: string }
  | {
      readonly status: 'ready';
      readonly name: string;
      readonly bytes: number;
      readonly check: { readonly faces: number; readonly maxDifference: number };
    };

/** The formats that a model can be downloaded in; empty until they were asked for. */
export const exportFormatStore = createStore<readonly ExportFormatInfo[]>(() => []);

/** Asks the trainer for them, once. Problems are shown, not thrown. */
export async function loadExportFormats(): Promise<void> {
  if (exportFormatStore.getState().length > 0) return;
  try {
    exportFormatStore.setState(await connections().trainer.call('exportFormats', null), true);
  } catch (thrown) {
    showThrown(thrown);
  }
}

/** The operating point that was chosen for the threshold in the file. */
export const operatingPointStore = createStore<{ readonly name: OperatingPointName }>(() => ({
  name: DEFAULT_OPERATING_POINT,
}));

export const chooseOperatingPoint = (name: OperatingPointName): void =>
  operatingPointStore.setState({ name });

/** The chosen operating point, or the default one where the run has too few pairs for it. */
export function usableOperatingPoint(chosen: OperatingPointName, run: Run | null): OperatingPointName {
  const points = run?.report?.best.verification?.operatingPoints ?? [];
  return points.some(({ name }) => name === chosen) ? chosen : DEFAULT_OPERATING_POINT;
}

/** Whether a download that can have the ArcFace head gets it. */
export const withHeadStore = createStore<{ readonly on: boolean }>(() => ({ on: false }));

export const chooseWithHead = (on: boolean): void => withHeadStore.setState({ on });

export const exportStore = createStore<ExportState>(() => ({ status: 'none' }));

/** The last file that was written. */
let written: { readonly name: string; readonly file: Blob } | null = null;
/** Counts up when a new run begins, so that a file of the run before is not offered for it. */
let edition = 0;

export function clearExport(): void {
  edition++;
  written = null;
  exportStore.setState({ status: 'none' }, true);
  clearPrecision();
}

export const writtenFile = (): { readonly name: string; readonly file: Blob } | null => written;

/** Writes the best model and verifies the file. True when it is ready; problems are shown, not thrown. */
export async function writeModel(format: string, name: string): Promise<boolean> {
  if (exportStore.getState().status === 'writing') return false;
  const mine = edition;
  exportStore.setState({ status: 'writing', format }, true);
  try {
    const chosen = operatingPointStore.getState().name;
    const operatingPoint = usableOperatingPoint(chosen, runStore.getState().current);
    const canHaveHead = exportFormatStore.getState().some(({ id, withHead }) => id === format && withHead);
    const withHead = canHaveHead && withHeadStore.getState().on;
    const { precision } = precisionStore.getState();
    const model = await connections().trainer.call('exportModel', {
      format,
      name,
      operatingPoint,
      precision,
      ...(withHead && { withHead }),
    });
    if (mine !== edition) return false;
    written = { name: model.name, file: model.file };
    exportStore.setState(
      { status: 'ready', name: model.name, bytes: model.file.size, check: model.check },
      true,
    );
    return true;
  } catch (thrown) {
    if (mine === edition) exportStore.setState({ status: 'none' }, true);
    showThrown(thrown);
    return false;
  }
}
