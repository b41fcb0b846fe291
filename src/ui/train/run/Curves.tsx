import { SegmentedControl } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import type { Run } from '../../../state/run/run-store.ts';
import { Panel } from '../../common/Panel.tsx';

const loadCurves = () => import('../../charts/curves.tsx');
const loadAngles = () => import('../../charts/angles.tsx');
const LossChart = lazy(() => loadCurves().then(({ LossChart: chart }) => ({ default: chart })));
const AccuracyChart = lazy(() => loadCurves().then(({ AccuracyChart: chart }) => ({ default: chart })));
const RateChart = lazy(() => loadCurves().then(({ RateChart: chart }) => ({ default: chart })));
const MeanAnglesChart = lazy(() => loadAngles().then(({ MeanAnglesChart: chart }) => ({ default: chart })));

const CHARTS = [
  { id: 'loss', label: 'Loss', draw: ({ series }: Run) => <LossChart series={series} /> },
  {
    id: 'accuracy',
    label: 'Accuracy',
    draw: ({ series, curve }: Run) => <AccuracyChart series={series} curve={curve} />,
  },
  { id: 'learning-rate', label: 'Learning rate', draw: ({ series }: Run) => <RateChart series={series} /> },
  { id: 'mean-angles', label: 'Mean angles', draw: ({ curve }: Run) => <MeanAnglesChart curve={curve} /> },
] as const;
type ChartId = (typeof CHARTS)[number]['id'];

/** One large chart of a run over its steps, chosen by a switch. */
export function Curves({ run }: { run: Run }) {
  const [chosen, setChosen] = useState<ChartId>('loss');
  const drawn = run.series.points.length > 0;
  const settled = run.report !== null;
  return (
    <Panel
      title="Course of training"
      className="curves"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Chart shown"
          data={CHARTS.map(({ id, label }) => ({ value: id, label }))}
          value={chosen}
          onChange={(value) => setChosen(CHARTS.find(({ id }) => id === value)?.id ?? 'loss')}
        />
      }
    >
      <div className="stack">
        {CHARTS.map(({ id, draw }, index) => (
          <div key={id} data-testid={`chart-${id}`} className="stack-part" data-shown={id === chosen}>
            {drawn ? (
              <Kept shown={id === chosen} settled={settled} wait={index}>
                <Suspense fallback={<div className="chart-space" />}>{draw(run)}</Suspense>
              </Kept>
            ) : (
              <p className="nothing chart-space">Appears with the first training steps.</p>
            )}
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** Milliseconds between two hidden charts that are prepared, so that drawing all of them is no single long task. */
const APART_MS = 250;

/**
 * Draws what is shown. What is hidden costs nothing while a run changes it, and is prepared, one after the other, once it has
 * settled: then the switch is immediate.
 */
function Kept(props: { shown: boolean; settled: boolean; wait: number; children: ReactNode }) {
  const { shown, settled, wait, children } = props;
  const [prepared, setPrepared] = useState(false);
  const last = useRef<ReactNode>(null);
  useEffect(() => {
    if (!settled) {
      setPrepared(false);
      return;
    }
    const timer = setTimeout(() => setPrepared(true), 600 + wait * APART_MS);
    return () => clearTimeout(timer);
  }, [settled, wait]);
  if (shown || prepared) last.current = children;
  else if (!settled) last.current = null;
  return last.current;
}
