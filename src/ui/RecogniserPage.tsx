import './mantine.css';
import './app.css';
import './common/common.css';
import './use/use.css';
import './recogniser-page.css';
import { Button, MantineProvider } from '@mantine/core';
import { RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { openPageModel } from '../state/use/model-actions.ts';
import { recogniserStore } from '../state/use/recogniser-store.ts';
import { ErrorBoundary } from './common/ErrorBoundary.tsx';
import { Panel } from './common/Panel.tsx';
import { Problems } from './common/Problems.tsx';
import { DropOverlay } from './data/DropOverlay.tsx';
import { useWindowDrop } from './data/useWindowDrop.ts';
import { theme } from './theme.ts';
import { Busy } from './use/Busy.tsx';
import { Gallery } from './use/Gallery.tsx';
import { Threshold } from './use/Threshold.tsx';
import { Tasks } from './use/Workplace.tsx';
import { useFocusKeeper } from './useFocusKeeper.ts';
import { useLeaveGuard } from './useLeaveGuard.ts';

/** The people whom the model knows, and its threshold; the means to load it again while it is not open. */
function Side() {
  const open = useStore(recogniserStore, (state) => state.open);
  const busy = useStore(recogniserStore, (state) => state.busy !== null);
  if (open) {
    return (
      <>
        <Gallery />
        <Threshold model={open.model} />
      </>
    );
  }
  return (
    <Panel title="Model">
      <p className="quiet small">
        {busy ? 'The model and its people are being loaded.' : 'The model is not loaded.'}
      </p>
      <div className="buttons panel-foot">
        <Button
          size="xs"
          variant="default"
          data-testid="page-load-model"
          disabled={busy}
          leftSection={<RotateCw size={16} aria-hidden="true" />}
          onClick={() => void openPageModel()}
        >
          Load the model
        </Button>
      </div>
    </Panel>
  );
}

function Page() {
  const drag = useWindowDrop();
  const name = useStore(recogniserStore, ({ open }) => open?.model.name ?? null);
  useLeaveGuard();
  useFocusKeeper();
  useEffect(() => {
    void openPageModel();
  }, []);
  useEffect(() => {
    if (name !== null) document.title = name;
  }, [name]);
  return (
    <>
      <main className="page recogniser-page">
        <div className="screen-head">
          <div className="screen-title">
            <h1 tabIndex={-1}>{name ?? 'Face recogniser'}</h1>
            <p className="lead">
              Names the people in photos or before the webcam, on this device: nothing is uploaded. “Unknown”
              is an answer.
            </p>
          </div>
        </div>
        <div className="use">
          <Busy />
          <Tasks />
          <div className="use-side">
            <h2 className="visually-hidden">People and threshold</h2>
            <Side />
          </div>
        </div>
        <p className="recogniser-note quiet small">
          Recognise only people who agree to it. What the model was trained on, its error rates and limits:{' '}
          <a href="MODEL_CARD.md">model card</a>. Made with arcface-studio.
        </p>
      </main>
      <Problems />
      {drag.active && <DropOverlay onto={drag} />}
    </>
  );
}

/** An exported page: the Use screen with one model, which it lies beside. The connection to the recogniser must be open. */
export function RecogniserPage() {
  return (
    <ErrorBoundary>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Page />
      </MantineProvider>
    </ErrorBoundary>
  );
}
