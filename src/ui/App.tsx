import '@mantine/core/styles.css';
import './app.css';
import './common/common.css';
import './charts/charts.css';
import './data/data.css';
import './train/train.css';
import './train/settings/settings.css';
import './train/setup/setup.css';
import './train/run/run.css';
import './train/results/results.css';
import './download/download.css';
import { MantineProvider } from '@mantine/core';
import { ErrorBoundary } from './common/ErrorBoundary.tsx';
import { Problems } from './common/Problems.tsx';
import { DataSection } from './data/DataSection.tsx';
import { DropOverlay } from './data/DropOverlay.tsx';
import { useWindowDrop } from './data/useWindowDrop.ts';
import { DownloadSection } from './download/DownloadSection.tsx';
import { TopBar } from './TopBar.tsx';
import { theme } from './theme.ts';
import { TrainSection } from './train/TrainSection.tsx';

function Page() {
  const drag = useWindowDrop();
  return (
    <>
      <TopBar />
      <Problems />
      <main className="page">
        <DataSection overPerson={drag.person} />
        <TrainSection />
        <DownloadSection />
        <footer className="foot">
          Nothing leaves this device: photos, faces and models stay in this page and are gone when you close
          it.
        </footer>
      </main>
      {drag.active && <DropOverlay onto={drag} />}
    </>
  );
}

/** The page. The connections to the workers must be open. */
export function App() {
  return (
    <ErrorBoundary>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Page />
      </MantineProvider>
    </ErrorBoundary>
  );
}
