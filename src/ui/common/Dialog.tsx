import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly opened: boolean;
  readonly title: string;
  readonly closeLabel: string;
  readonly size?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A dialog. Mantine's own `Modal` puts its title into a `<header>`, which assistive technology takes for a second
 * banner of the page; its parts are put together here without one.
 */
export function Dialog({ opened, title, closeLabel, size = 'md', onClose, children }: Props) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        <div className="dialog-head">
          <Modal.Title className="dialog-title">{title}</Modal.Title>
          <Modal.CloseButton aria-label={closeLabel} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
