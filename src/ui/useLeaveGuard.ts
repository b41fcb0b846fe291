import { useEffect } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../state/data/data-store.ts';
import { runStore } from '../state/run/run-store.ts';
import { recogniserStore } from '../state/use/recogniser-store.ts';

/** Has the browser ask before the page is left with people, a model or a gallery in it: none is kept anywhere else. */
export function useLeaveGuard(): void {
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length > 0);
  const importing = useStore(dataStore, ({ intake }) => intake.status === 'running');
  const run = useStore(runStore, ({ current }) => current !== null);
  const gallery = useStore(recogniserStore, ({ unsaved }) => unsaved);
  const something = people || importing || run || gallery;
  useEffect(() => {
    if (!something) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [something]);
}
