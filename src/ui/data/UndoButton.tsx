import { Button, type ButtonProps } from '@mantine/core';
import { Undo2 } from 'lucide-react';
import { useStore } from 'zustand';
import { dataStore, undo, undoable } from '../../state/data/data-store.ts';

/** Reverts the last edit or import; absent where there is none. */
export function UndoButton({ size }: Pick<ButtonProps, 'size'>) {
  const last = useStore(dataStore, undoable);
  if (!last) return null;
  return (
    <Button
      {...(size !== undefined && { size })}
      variant="default"
      leftSection={<Undo2 size={16} aria-hidden="true" />}
      title={`Undo: ${last.what} (Ctrl+Z)`}
      data-testid="undo"
      onClick={undo}
    >
      Undo
    </Button>
  );
}
