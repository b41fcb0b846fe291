import { createStore } from 'zustand/vanilla';
import type { WrongFace } from '../../domain/wrong-face.ts';

/** Photos that seemed to show somebody else when they were last compared; some may have been removed since. */
export const wrongFacesStore = createStore<{ readonly found: readonly WrongFace[] }>(() => ({ found: [] }));
