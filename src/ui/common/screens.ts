import { createContext, useContext, useSyncExternalStore } from 'react';

/** The screens, in the order of the work. Each has its own address: `#data`. */
export const SCREENS = ['start', 'data', 'train', 'use', 'export'] as const;
export type ScreenId = (typeof SCREENS)[number];

export const addressOf = (id: ScreenId): string => `#${id}`;

/** The screen that an address names; Start where it names none. */
export const screenAt = (hash: string): ScreenId => SCREENS.find((id) => addressOf(id) === hash) ?? 'start';

const current = (): ScreenId => screenAt(window.location.hash);

function onChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** The screen that is shown. */
export const useScreen = (): ScreenId => useSyncExternalStore(onChange, current);

/** Shows a screen; the back button leads to the one before. Links to {@link addressOf} do the same. */
export function goTo(id: ScreenId): void {
  if (current() !== id) window.location.hash = addressOf(id);
}

/** Which screen a component is part of; null outside of any. */
export const ScreenContext = createContext<ScreenId | null>(null);

/** Whether the screen around a component is shown. Hidden screens stay mounted: what is costly to draw waits. */
export function useShown(): boolean {
  const mine = useContext(ScreenContext);
  const shown = useScreen();
  return mine === null || mine === shown;
}
