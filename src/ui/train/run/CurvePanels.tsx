import { lazy, Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../../state/data/data-store.ts';
import type { Run } from '../../../state/run/run-store.ts';
import { Panel } from '../../common/Panel.tsx';
import { AnglesPanel } from './AnglesPanel.tsx';

const loadCharts = () => import('../../charts/curves.tsx');
const LossChart = lazy(() => loadCharts().then(({ LossChart: chart }) => ({ default: chart })));
const AccuracyChart = lazy(() => loadCharts().then(({ AccuracyChart: chart }) => ({ default: chart })));
const RateChart = lazy(() => loadCharts().then(({ RateChart: chart }) => ({ default: chart })));

/** Loads the charts once there are photos: they are not part of the first load of the page. */
function useChartsSoon(): void {
  const [asked, setAsked] = useState(false);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  useEffect(() => {
    if (people === 0 || asked) return;
    setAsked(true);
    // A failure is reported where the chart is drawn.
    loadCharts().catch(() => {});
  }, [people, asked]);
}

/** Loss, accuracy and learning rate over the steps. */
export function CurvePanels({ run }: { run: Run | null }) {
  useChartsSoon();
  const series = run?.series ?? null;
  const curve = run?.curve ?? [];
  const drawn = series !== null && series.points.length > 0;
  const waiting = <p className="nothing chart-box">Appears during training.</p>;
  return (
    <>
      <div className="charts">
        <Panel title="Loss">
          <div data-testid="chart-loss">
            {drawn ? (
              <Suspense fallback={<div className="chart-box" />}>
                <LossChart series={series} />
              </Suspense>
            ) : (
              waiting
            )}
          </div>
        </Panel>
        <Panel title="Accuracy">
          <div data-testid="chart-accuracy">
            {drawn ? (
              <Suspense fallback={<div className="chart-box" />}>
                <AccuracyChart series={series} curve={curve} />
              </Suspense>
            ) : (
              waiting
            )}
          </div>
        </Panel>
        <Panel title="Learning rate">
          <div data-testid="chart-learning-rate">
            {drawn ? (
              <Suspense fallback={<div className="chart-box" />}>
                <RateChart series={series} />
              </Suspense>
            ) : (
              waiting
            )}
          </div>
        </Panel>
      </div>
      <AnglesPanel run={run} />
    </>
  );
}
