import { Button } from '@mantine/core';
import { Play } from 'lucide-react';
import { addSamples } from '../../state/data/data-actions.ts';
import { AddPhotos } from '../common/AddPhotos.tsx';
import { Screen } from '../common/Screen.tsx';
import { goTo, useShown } from '../common/screens.ts';

/** Where a newcomer begins: what one gets, and the ways to photos. */
export function StartScreen() {
  return (
    <Screen
      title="Teach your own device to tell people apart"
      lead="Give it some photos of each person. In a minute or two you have a face recogniser of your own, know how often it is right, and can download it."
    >
      <Ways />
    </Screen>
  );
}

function Ways() {
  const shown = useShown();
  return (
    <div className="buttons start-ways" {...(shown && { 'data-testid': 'drop-zone' })}>
      <Button
        size="lg"
        leftSection={<Play size={18} aria-hidden="true" />}
        data-testid="load-sample"
        onClick={() => {
          goTo('data');
          void addSamples();
        }}
      >
        Try the demo
      </Button>
      <AddPhotos label="Use my photos" size="lg" variant="default" />
    </div>
  );
}
