import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Moon, Sun } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../state/data/data-store.ts';
import { exportStore } from '../state/run/export-store.ts';
import { runStore, statusOf } from '../state/run/run-store.ts';
import { plural } from './common/format.ts';
import { STEPS, useStep } from './steps.ts';

function useStepNotes(): Record<string, string> {
  const people = useStore(dataStore, (state) => state.snapshot.people.length);
  const status = useStore(runStore, statusOf);
  const file = useStore(exportStore, (state) => state.status);
  return {
    data: people === 0 ? 'no photos yet' : plural(people, 'person', 'people'),
    train: status === 'idle' ? 'not started' : status,
    download:
      file === 'ready' ? 'saved' : status === 'done' || status === 'stopped' ? 'ready' : 'no model yet',
  };
}

/** Name, steps and colour scheme. The steps are tabs that scroll their section to the top. */
export function TopBar() {
  const { step, go } = useStep();
  const notes = useStepNotes();
  const { toggleColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const tabs = useRef<HTMLDivElement>(null);

  function onKey(event: KeyboardEvent<HTMLButtonElement>, index: number): void {
    const moves: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = STEPS.at(to % STEPS.length);
    if (!next) return;
    go(next.id);
    tabs.current?.querySelector<HTMLButtonElement>(`#tab-${next.id}`)?.focus({ preventScroll: true });
  }

  return (
    <header className="top">
      <div className="top-inner">
        <h1 className="brand">ArcFace Studio</h1>
        <div className="tabs" role="tablist" aria-label="Steps" ref={tabs}>
          {STEPS.map(({ id, label }, index) => (
            <button
              key={id}
              id={`tab-${id}`}
              type="button"
              role="tab"
              className="tab"
              aria-selected={step === id}
              aria-controls={`step-${id}`}
              tabIndex={step === id ? 0 : -1}
              onClick={() => go(id)}
              onKeyDown={(event) => onKey(event, index)}
            >
              <span className="tab-number" aria-hidden="true">
                {index + 1}
              </span>
              <span className="tab-label">{label}</span>
              <span className="tab-note">{notes[id]}</span>
            </button>
          ))}
        </div>
        <p className="privacy">Nothing leaves this device</p>
        <ActionIcon
          variant="default"
          size="lg"
          onClick={toggleColorScheme}
          aria-label={scheme === 'dark' ? 'Use light colours' : 'Use dark colours'}
        >
          {scheme === 'dark' ? <Sun size={17} /> : <Moon size={17} />}
        </ActionIcon>
      </div>
    </header>
  );
}
