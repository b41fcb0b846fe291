import { Drawer } from '@mantine/core';
import { Settings } from './Settings.tsx';

/** All settings, beside the page. Put together from parts, without the `<header>` that Mantine would add: see `Dialog`. */
export function SettingsDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      position="right"
      size={460}
      transitionProps={{ duration: 120 }}
    >
      <Drawer.Overlay backgroundOpacity={0.35} />
      <Drawer.Content>
        <div className="dialog-head">
          <Drawer.Title className="dialog-title">Settings</Drawer.Title>
          <Drawer.CloseButton aria-label="Close the settings" />
        </div>
        <Drawer.Body>
          <Settings />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
