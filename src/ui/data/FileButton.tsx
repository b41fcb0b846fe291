import { Button } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly testId?: string;
  readonly accept?: string;
  readonly folder?: boolean;
  readonly variant?: string;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A button with the file input behind it. */
export function FileButton({ label, icon: Icon, testId, accept, folder = false, variant, onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Not among React's typed attributes.
    if (folder) input.current?.setAttribute('webkitdirectory', '');
  }, [folder]);
  return (
    <>
      <Button
        variant={variant ?? 'default'}
        leftSection={<Icon size={16} aria-hidden="true" />}
        onClick={() => input.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={input}
        className="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label={label}
        {...(accept ? { accept } : {})}
        data-testid={testId}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
