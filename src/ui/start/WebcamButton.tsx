import { Button } from '@mantine/core';
import { Webcam } from 'lucide-react';
import { useState } from 'react';
import { addFiles } from '../../state/data/data-actions.ts';
import { Dialog } from '../common/Dialog.tsx';
import { goTo } from '../common/screens.ts';
import { Recorder, type Recording } from './Recorder.tsx';
import { useHasCamera } from './useHasCamera.ts';

/** On a device with a camera: people are recorded one after the other, then imported like any photos. */
export function WebcamButton() {
  const has = useHasCamera();
  const [opened, setOpened] = useState(false);
  const [recordings, setRecordings] = useState<readonly Recording[]>([]);
  if (!has && !opened) return null;

  function close(): void {
    setOpened(false);
    setRecordings([]);
    if (recordings.length === 0) return;
    goTo('data');
    for (const { name, files } of recordings) void addFiles(files, name);
  }

  return (
    <>
      <Button
        size="lg"
        variant="default"
        leftSection={<Webcam size={18} aria-hidden="true" />}
        data-testid="use-webcam"
        onClick={() => setOpened(true)}
      >
        Use the webcam
      </Button>
      <Dialog opened={opened} onClose={close} size="lg" title="Record people" closeLabel="Close">
        <Recorder
          recordings={recordings}
          onRecorded={(recording) => setRecordings((now) => [...now, recording])}
          onDone={close}
        />
      </Dialog>
    </>
  );
}
