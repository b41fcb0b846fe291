import type { Drag } from './useWindowDrop.ts';

/** Says what letting go will do. Lets the pointer through, so that cards below stay targets. */
export function DropOverlay({ onto }: { onto: Drag['person'] }) {
  return (
    <div className="drop-overlay" aria-hidden="true">
      <p>{onto ? `Add to ${onto.name}` : 'Drop to add: one folder for each person'}</p>
    </div>
  );
}
