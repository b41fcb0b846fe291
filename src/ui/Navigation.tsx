import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  House,
  Images,
  type LucideIcon,
  Moon,
  PackageCheck,
  ScanFace,
  ShieldCheck,
  Sparkles,
  Sun,
} from 'lucide-react';
import { useStore } from 'zustand';
import { dataStore } from '../state/data/data-store.ts';
import { isActive, runStore, statusOf } from '../state/run/run-store.ts';
import { recogniserStore } from '../state/use/recogniser-store.ts';
import { plural } from './common/format.ts';
import { addressOf, SCREENS, type ScreenId, useScreen } from './common/screens.ts';
import { RunChip } from './RunChip.tsx';

export const SCREEN_NAMES: Readonly<Record<ScreenId, string>> = {
  start: 'Start',
  data: 'Data',
  train: 'Train',
  use: 'Use',
  export: 'Export',
};

const ICONS: Readonly<Record<ScreenId, LucideIcon>> = {
  start: House,
  data: Images,
  train: Sparkles,
  use: ScanFace,
  export: PackageCheck,
};

/** What there is on a screen, where there is something. */
function useNotes(): Readonly<Record<ScreenId, string | null>> {
  const people = useStore(dataStore, (state) => state.snapshot.people.length);
  const status = useStore(runStore, statusOf);
  const gallery = useStore(recogniserStore, (state) => state.people.length);
  return {
    start: null,
    data: people > 0 ? plural(people, 'person', 'people') : null,
    train: isActive(status) ? 'Running' : status === 'done' || status === 'stopped' ? 'Finished' : null,
    use: gallery > 0 ? `${plural(gallery, 'person', 'people')} known` : null,
    export: status === 'done' || status === 'stopped' ? 'Model ready' : null,
  };
}

/** The way between the screens: a rail at the side of wide windows, a bar at the bottom of narrow ones. */
export function Navigation() {
  const screen = useScreen();
  const notes = useNotes();
  return (
    <>
      <header className="brand-bar">
        <a className="brand" href={addressOf('start')}>
          <span className="brand-mark" aria-hidden="true" />
          <span className="brand-name">ArcFace Studio</span>
        </a>
        <SchemeButton />
      </header>
      <nav className="nav" aria-label="Screens">
        <ul>
          {SCREENS.map((id) => {
            const Icon = ICONS[id];
            return (
              <li key={id}>
                <a
                  className="nav-item"
                  href={addressOf(id)}
                  data-testid={`nav-${id}`}
                  {...(screen === id && { 'aria-current': 'page' as const })}
                >
                  <Icon size={20} aria-hidden="true" />
                  <span className="nav-label">{SCREEN_NAMES[id]}</span>
                  {notes[id] !== null && <span className="nav-note">{notes[id]}</span>}
                </a>
              </li>
            );
          })}
        </ul>
        <p className="privacy">
          <ShieldCheck size={16} aria-hidden="true" />
          Nothing leaves this device
        </p>
      </nav>
      <RunChip />
    </>
  );
}

function SchemeButton() {
  const { toggleColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={40}
      onClick={toggleColorScheme}
      aria-label={scheme === 'dark' ? 'Use light colours' : 'Use dark colours'}
    >
      {scheme === 'dark' ? <Sun size={18} /> : <Moon size={18} />}
    </ActionIcon>
  );
}
