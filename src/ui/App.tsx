import './mantine.css';
import './app.css';
import './common/common.css';
import './charts/charts.css';
import './start/start.css';
import './data/data.css';
import './train/train.css';
import './train/settings/settings.css';
import './train/setup/setup.css';
import './train/run/run.css';
import './train/results/results.css';
import './export/export.css';
import './use/use.css';
import { MantineProvider } from '@mantine/core';
import { ErrorBoundary } from './common/ErrorBoundary.tsx';
import { Problems } from './common/Problems.tsx';
import { PhotoInputs } from './common/photos/PhotoInputs.tsx';
import { ScreenContext } from './common/screens.ts';
import { DataScreen } from './data/DataScreen.tsx';
import { DropOverlay } from './data/DropOverlay.tsx';
import { Question } from './data/Question.tsx';
import { useWindowDrop } from './data/useWindowDrop.ts';
import { ExportScreen } from './export/ExportScreen.tsx';
import { Navigation } from './Navigation.tsx';
import { StartScreen } from './start/StartScreen.tsx';
import { theme } from './theme.ts';
import { TrainSection } from './train/TrainSection.tsx';
import { UseScreen } from './use/UseScreen.tsx';
import { useFocusKeeper } from './useFocusKeeper.ts';
import { useLeaveGuard } from './useLeaveGuard.ts';
import { useNavigation } from './useNavigation.ts';

function Page() {
  const drag = useWindowDrop();
  useNavigation();
  useLeaveGuard();
  useFocusKeeper();
  return (
    <div className="shell">
      <Navigation />
      <main className="page">
        <ScreenContext value="start">
          <StartScreen />
        </ScreenContext>
        <ScreenContext value="data">
          <DataScreen overPerson={drag.person} />
        </ScreenContext>
        <ScreenContext value="train">
          <TrainSection />
        </ScreenContext>
        <ScreenContext value="use">
          <UseScreen />
        </ScreenContext>
        <ScreenContext value="export">
          <ExportScreen />
        </ScreenContext>
      </main>
      <Problems />
      <PhotoInputs />
      <Question />
      {drag.active && <DropOverlay onto={drag} />}
    </div>
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
