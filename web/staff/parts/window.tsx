import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/** A dialog over the page: its title, its way out, and what it is about. */
export function Window({
  title,
  onClose,
  children,
  isOpen = true,
  size = 'lg',
}: {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  isOpen?: boolean;
  size?: 'md' | 'lg' | 'xl';
}) {
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        <div className="window-head">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
