import type { Drag } from './useWindowDrop.ts';

/** Says what letting go will do. Lets the pointer through, so that cards below stay targets. */
export function DropOverlay({ onto }: { onto: Drag }) {
  const { person, network } = onto;
  const letting = person ? `Add to ${person.name}` : 'Drop to add: one folder for each person';
  return (
    <div className="drop-overlay" aria-hidden="true">
      <p>{network ? 'Use as your own network' : letting}</p>
    </div>
  );
}
