import { useEffect, useState } from 'react';
import { dropTransfer } from '../../state/data/data-actions.ts';
import { dataStore } from '../../state/data/data-store.ts';
import { dropCustomModel } from '../../state/settings/custom-model-actions.ts';
import { goTo } from '../common/screens.ts';

export interface Drag {
  readonly active: boolean;
  /** The person whose card is under the pointer, to whom the photos are added. */
  readonly person: { readonly id: string; readonly name: string; readonly label: string } | null;
  /** Whether the pointer is over the place for a custom model. */
  readonly network: boolean;
}

const NOTHING: Drag = { active: false, person: null, network: false };

const isNetworkUnder = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-drop="network"]') !== null;

function personUnder(target: EventTarget | null): Drag['person'] {
  const card = target instanceof Element ? target.closest('[data-person]') : null;
  const id = card?.getAttribute('data-person');
  const person = dataStore.getState().snapshot.people.find((row) => row.id === id);
  const label = person?.labels[0];
  return person && label !== undefined ? { id: person.id, name: person.name, label } : null;
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/**
 * Accepts files dropped anywhere on the page: as photos, which the Data screen then shows; on a person's card as photos of that person; where the Train
 * screen asks for a custom model, as one.
 */
export function useWindowDrop(): Drag {
  const [drag, setDrag] = useState<Drag>(NOTHING);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const person = personUnder(event.target);
      const network = isNetworkUnder(event.target);
      setDrag((now) =>
        now.active && now.person?.id === person?.id && now.network === network
          ? now
          : { active: true, person, network },
      );
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDrag(NOTHING);
    };
    const drop = (event: DragEvent): void => {
      setDrag(NOTHING);
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      if (isNetworkUnder(event.target)) void dropCustomModel(event.dataTransfer);
      else {
        void dropTransfer(event.dataTransfer, personUnder(event.target)?.label ?? null);
        goTo('data');
      }
    };
    window.addEventListener('dragenter', over);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', over);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return drag;
}
