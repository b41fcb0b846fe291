import { Button } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly testId?: string;
  readonly accept?: string;
  readonly folder?: boolean;
  readonly multiple?: boolean;
  readonly variant?: string;
  readonly disabled?: boolean;
  readonly size?: string;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A button that opens a file input. */
export function FileButton(props: Props) {
  const {
    label,
    icon: Icon,
    testId,
    accept,
    folder = false,
    multiple = true,
    variant,
    disabled = false,
    size = 'sm',
    onFiles,
  } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Not among React's typed attributes.
    if (folder) input.current?.setAttribute('webkitdirectory', '');
  }, [folder]);
  return (
    <>
      <Button
        variant={variant ?? 'default'}
        disabled={disabled}
        size={size}
        leftSection={<Icon size={16} aria-hidden="true" />}
        onClick={() => input.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={input}
        className="visually-hidden"
        type="file"
        multiple={multiple}
        disabled={disabled}
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
