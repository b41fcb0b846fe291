import { createStore } from 'zustand/vanilla';
import type { CustomModelFindings } from '../../domain/custom-model/findings.ts';
import type { Problem } from '../../lib/problem.ts';

/** A model that the user brought. The file is a handle: its bytes are not in the page. */
export interface LoadedCustomModel {
  /** Of its file, or of the folder that it came in. */
  readonly name: string;
  /** A .zip of its files. */
  readonly file: Blob;
  readonly findings: CustomModelFindings;
}

export interface CustomModelState {
  /** The one that training takes where the settings ask for a custom model. */
  readonly network: LoadedCustomModel | null;
  /** The step that newly given files are at, null when none are being read. */
  readonly reading: { readonly doing: string; readonly name: string } | null;
  /** Why the files given last are not used. */
  readonly problem: Problem | null;
}

export const initialCustomModel: CustomModelState = { network: null, reading: null, problem: null };

export const customModelStore = createStore<CustomModelState>(() => initialCustomModel);
