import { Tabs } from '@mantine/core';
import { ImagePlus, Images, Webcam } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { recogniserStore } from '../../state/use/recogniser-store.ts';
import { Busy } from './Busy.tsx';
import { Compare } from './Compare.tsx';
import { Gallery } from './Gallery.tsx';
import { Live } from './Live.tsx';
import { ModelChoice } from './ModelChoice.tsx';
import { ModelPanel } from './ModelPanel.tsx';
import { NamePhotos } from './photos/NamePhotos.tsx';
import { Threshold } from './Threshold.tsx';

/** All of the Use screen: the model, what can be done with it, the people whom it knows and its threshold. */
export function Workplace() {
  const open = useStore(recogniserStore, (state) => state.open);
  const [choosing, setChoosing] = useState(false);
  return (
    <div className="use">
      <Busy />
      {(open === null || choosing) && (
        <ModelChoice closable={open !== null} onClose={() => setChoosing(false)} />
      )}
      <Tasks />
      <div className="use-side">
        <h2 className="visually-hidden">Model, people and threshold</h2>
        {open && <ModelPanel open={open} onChange={() => setChoosing(true)} />}
        <Gallery />
        {open && <Threshold model={open.model} />}
      </div>
    </div>
  );
}

/** What can be done with a model, one at a time. */
export function Tasks() {
  const [tab, setTab] = useState<string | null>('photos');
  return (
    <Tabs value={tab} onChange={setTab} className="use-main panel" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="photos" leftSection={<ImagePlus size={16} aria-hidden="true" />}>
          Name people
        </Tabs.Tab>
        <Tabs.Tab value="compare" leftSection={<Images size={16} aria-hidden="true" />}>
          Compare two
        </Tabs.Tab>
        <Tabs.Tab value="live" leftSection={<Webcam size={16} aria-hidden="true" />}>
          Webcam
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="photos">
        <NamePhotos />
      </Tabs.Panel>
      <Tabs.Panel value="compare">
        <Compare />
      </Tabs.Panel>
      <Tabs.Panel value="live">
        <Live />
      </Tabs.Panel>
    </Tabs>
  );
}
