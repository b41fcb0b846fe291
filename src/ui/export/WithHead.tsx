import { Checkbox } from '@mantine/core';
import { useStore } from 'zustand';
import { chooseWithHead, withHeadStore } from '../../state/run/export/export-store.ts';

/** Asks whether the download holds the head that the network was trained with. */
export function WithHead({ label }: { label: string }) {
  const on = useStore(withHeadStore, (state) => state.on);
  return (
    <Checkbox
      label="With the ArcFace head"
      description={`Adds the class centres as a layer, and its code, to the download for ${label}: to continue training elsewhere.`}
      data-testid="export-with-head"
      checked={on}
      onChange={(event) => chooseWithHead(event.currentTarget.checked)}
    />
  );
}
