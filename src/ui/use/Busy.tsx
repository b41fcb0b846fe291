import { Button, Progress } from '@mantine/core';
import { useStore } from 'zustand';
import { cancelBusy, recogniserStore } from '../../state/use/recogniser-store.ts';
import { count } from '../common/format.ts';

/** What the recogniser is busy with. Over the screen's foot, so that nothing moves. */
export function Busy() {
  const busy = useStore(recogniserStore, (state) => state.busy);
  return (
    <div className="use-busy" aria-live="polite">
      {busy && (
        <div className="use-busy-box" data-testid="use-busy">
          <p>
            {busy.doing}
            {busy.total > 0 && ` (${count(busy.done)} of ${count(busy.total)})`} …
          </p>
          <Button size="xs" variant="default" onClick={cancelBusy}>
            Cancel
          </Button>
          <Progress.Root size="xs" className="use-busy-bar">
            <Progress.Section
              value={busy.total > 0 ? (100 * busy.done) / busy.total : 100}
              animated={busy.total === 0}
              aria-label={busy.doing}
            />
          </Progress.Root>
        </div>
      )}
    </div>
  );
}
