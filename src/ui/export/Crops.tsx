import { Button } from '@mantine/core';
import { Images } from 'lucide-react';
import { useStore } from 'zustand';
import { cancelCrops, cropsStore, writeCrops } from '../../state/crops.ts';
import { download as save } from '../common/download.ts';

/** The data set as prepared, to be taken away. */
export function Crops({ trained }: { trained: boolean }) {
  const { writing } = useStore(cropsStore);

  async function download(): Promise<void> {
    const written = await writeCrops();
    if (written) save(written.file, written.name);
  }

  return (
    <section className="export-crops" aria-labelledby="export-crops-title">
      <h2 id="export-crops-title">Data set as prepared</h2>
      <p className="quiet">
        The aligned faces, 112 × 112 pixels, in one folder per person, with split.csv:{' '}
        {trained
          ? 'which of them this run trained on, and which were held out'
          : 'which of them would be held out'}
        . For training with PyTorch, or elsewhere. These are photos of people: share them only if they agree.
      </p>
      <Button
        variant="default"
        data-testid="export-crops"
        leftSection={<Images size={18} aria-hidden="true" />}
        loading={writing}
        onClick={() => void download()}
      >
        Download the faces
      </Button>
      {writing && (
        <Button variant="subtle" onClick={cancelCrops}>
          Cancel
        </Button>
      )}
    </section>
  );
}
