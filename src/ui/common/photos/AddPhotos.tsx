import { Button, type ButtonProps, Menu } from '@mantine/core';
import { ChevronDown, FileArchive, FolderOpen, Image } from 'lucide-react';
import { pickPhotos } from './PhotoInputs.tsx';

interface Props extends Pick<ButtonProps, 'size' | 'variant'> {
  readonly label: string;
}

/** A button that offers the ways to choose photos. */
export function AddPhotos({ label, ...look }: Props) {
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button
          {...look}
          leftSection={<FolderOpen size={18} aria-hidden="true" />}
          rightSection={<ChevronDown size={16} aria-hidden="true" />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<FolderOpen size={16} />} onClick={() => pickPhotos('folder')}>
          A folder with one folder for each person
        </Menu.Item>
        <Menu.Item leftSection={<FileArchive size={16} />} onClick={() => pickPhotos('zip')}>
          A .zip of such folders
        </Menu.Item>
        <Menu.Item leftSection={<Image size={16} />} onClick={() => pickPhotos('photos')}>
          Photos of one person
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
