import { Button } from '@mantine/core';
import { Images, type LucideIcon, PackageCheck, Play, ShieldCheck, Sparkles } from 'lucide-react';
import { addSamples } from '../../state/data/data-actions.ts';
import { AddPhotos } from '../common/photos/AddPhotos.tsx';
import { Screen } from '../common/Screen.tsx';
import { addressOf, goTo, useShown } from '../common/screens.ts';
import { Faces } from './Faces.tsx';
import { WebcamButton } from './WebcamButton.tsx';

const STEPS: readonly { readonly icon: LucideIcon; readonly title: string; readonly text: string }[] = [
  {
    icon: Images,
    title: 'Photos',
    text: 'A folder for each person, about ten photos in it. Faces are found and cut out for you.',
  },
  {
    icon: Sparkles,
    title: 'Training',
    text: 'Seconds to minutes. You see how well people are told apart whom the network has never met.',
  },
  {
    icon: PackageCheck,
    title: 'Your model',
    text: 'Download it with everything that is needed to use it in a program of your own.',
  },
];

/** Where a newcomer begins: what one gets, and the ways to photos. */
export function StartScreen() {
  return (
    <Screen
      title="Train a face recogniser on your own device"
      lead="Give it photos of some people. You get a model that tells them apart, know how often it is right, and can take it away."
    >
      <Faces />
      <Ways />
      <ol className="start-steps">
        {STEPS.map(({ icon: Icon, title, text }) => (
          <li key={title}>
            <Icon size={22} aria-hidden="true" />
            <h2>{title}</h2>
            <p className="quiet">{text}</p>
          </li>
        ))}
      </ol>
    </Screen>
  );
}

function Ways() {
  const shown = useShown();
  return (
    // There is a drop zone on every screen that takes photos, and one at a time.
    <div className="start-ways" {...(shown && { 'data-testid': 'drop-zone' })}>
      <div className="buttons">
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
        <WebcamButton />
      </div>
      <p className="quiet">
        Or drop folders, a .zip or photos anywhere on this page. The demo has 24 drawn people, 10 pictures of
        each.
      </p>
      <p>
        Only want to know who is on your photos? That mostly needs no training: a few photos of each person
        are enough, on the <a href={addressOf('use')}>Use</a> screen.
      </p>
      <p className="quiet start-private">
        <ShieldCheck size={18} aria-hidden="true" />
        Nothing is uploaded: photos, faces and models stay on this device.
      </p>
    </div>
  );
}
