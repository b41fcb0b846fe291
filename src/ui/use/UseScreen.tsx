import { lazy, Suspense, useEffect, useState } from 'react';
import { Screen } from '../common/Screen.tsx';
import { useShown } from '../common/screens.ts';

/** Not part of the first load of the page. */
const Workplace = lazy(async () => ({ default: (await import('./Workplace.tsx')).Workplace }));

/** Names people: in photos, in pairs of photos and before the webcam. */
export function UseScreen() {
  const shown = useShown();
  const [wasShown, setWasShown] = useState(shown);
  useEffect(() => {
    if (shown) setWasShown(true);
  }, [shown]);
  return (
    <Screen
      title="Use"
      lead="Names the people in photos or before the webcam. For most, that needs no training. “Unknown” is an answer."
    >
      {wasShown && (
        <Suspense fallback={<p className="nothing use-loading">Loading …</p>}>
          <Workplace />
        </Suspense>
      )}
    </Screen>
  );
}
