import type { Drag } from './useWindowDrop.ts';

/** Says what dropping here will do. Ignores the pointer, so that cards below stay drop targets. */
export function DropOverlay({ onto }: { onto: Drag }) {
  const { person, network } = onto;
  const photos = person ? `Add to ${person.name}` : 'Drop to add: one folder for each person';
  return (
    <div className="drop-overlay" aria-hidden="true">
      <p>{network ? 'Use as custom model' : photos}</p>
    </div>
  );
}
