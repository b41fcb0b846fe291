import { unreachable } from '../../lib/unreachable.ts';
import type { Drag } from './useWindowDrop.ts';

function whatFor({ person, purpose }: Drag): string {
  switch (purpose) {
    case 'network':
      return 'Use as custom model';
    case 'recogniser':
      return 'Use this model';
    case 'name':
      return 'Drop photos to name the people in them';
    case 'photos':
      return person ? `Add to ${person.name}` : 'Drop to add: one folder for each person';
    default:
      return unreachable(purpose);
  }
}

/** Says what dropping here will do. Ignores the pointer, so that cards below stay drop targets. */
export function DropOverlay({ onto }: { onto: Drag }) {
  return (
    <div className="drop-overlay" aria-hidden="true">
      <p>{whatFor(onto)}</p>
    </div>
  );
}
