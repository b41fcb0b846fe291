import { useEffect, useState } from 'react';
import { unreachable } from '../../lib/unreachable.ts';
import { dropTransfer } from '../../state/data/data-actions.ts';
import { dataStore } from '../../state/data/data-store.ts';
import { dropCustomModel } from '../../state/settings/custom-model-actions.ts';
import { pageModelStore } from '../../state/use/page-model.ts';
import { dropModel, dropPhotos } from '../../state/use/photo-actions.ts';
import { goTo, screenAt } from '../common/screens.ts';

export interface Drag {
  readonly active: boolean;
  /** The person whose card is under the pointer, to whom the photos are added. */
  readonly person: { readonly id: string; readonly name: string; readonly label: string } | null;
  /** What is done with the files. */
  readonly purpose: Purpose;
}

/**
 * `photos`: they join the data; `network`: a custom model to train; `recogniser`: a model that names people;
 * `name`: photos in which people are named.
 */
type Purpose = 'photos' | 'network' | 'recogniser' | 'name';

const NOTHING: Drag = { active: false, person: null, purpose: 'photos' };

function purposeOf(target: EventTarget | null): Purpose {
  const place = target instanceof Element ? target.closest('[data-drop]')?.getAttribute('data-drop') : null;
  if (place === 'network' || place === 'recogniser') return place;
  const named = pageModelStore.getState().address !== null || screenAt(window.location.hash) === 'use';
  return named ? 'name' : 'photos';
}

function personUnder(target: EventTarget | null): Drag['person'] {
  const card = target instanceof Element ? target.closest('[data-person]') : null;
  const id = card?.getAttribute('data-person');
  const person = dataStore.getState().snapshot.people.find((row) => row.id === id);
  const label = person?.labels[0];
  return person && label !== undefined ? { id: person.id, name: person.name, label } : null;
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Must be called inside the drop handler. @param person label of all photos that join the data */
function take(purpose: Purpose, transfer: DataTransfer, person: string | null): void {
  switch (purpose) {
    case 'network':
      void dropCustomModel(transfer);
      return;
    case 'recogniser':
      void dropModel(transfer);
      return;
    case 'name':
      void dropPhotos(transfer);
      return;
    case 'photos':
      void dropTransfer(transfer, person);
      goTo('data');
      return;
    default:
      unreachable(purpose);
  }
}

/**
 * Accepts files dropped anywhere on the page: as photos, which the Data screen then shows; on a person's card as photos
 * of that person; where a screen asks for a model, as one; on the Use screen, and on an exported page, as photos in which
 * people are named.
 */
export function useWindowDrop(): Drag {
  const [drag, setDrag] = useState<Drag>(NOTHING);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const person = personUnder(event.target);
      const purpose = purposeOf(event.target);
      setDrag((now) =>
        now.active && now.person?.id === person?.id && now.purpose === purpose
          ? now
          : { active: true, person, purpose },
      );
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDrag(NOTHING);
    };
    const drop = (event: DragEvent): void => {
      setDrag(NOTHING);
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      take(purposeOf(event.target), event.dataTransfer, personUnder(event.target)?.label ?? null);
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
