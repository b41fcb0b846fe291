import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Run } from '../../../state/run/run-store.ts';
import { AccuracyChart, InTurn, LossChart, MeanAnglesChart, RateChart } from '../../charts/lazy.tsx';
import { Panel } from '../../common/Panel.tsx';

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
        {CHARTS.map(({ id, draw }) => (
          <div key={id} data-testid={`chart-${id}`} className="stack-part" data-shown={id === chosen}>
            {drawn ? (
              <Kept shown={id === chosen} settled={settled}>
                <InTurn>{draw(run)}</InTurn>
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

/** Milliseconds after the end of a run, until the page has nothing more urgent to draw. */
const SETTLED_MS = 800;

/**
 * Draws what is shown. What is hidden costs nothing while a run changes it, and is prepared once it has settled: then the
 * switch is immediate.
 */
function Kept({ shown, settled, children }: { shown: boolean; settled: boolean; children: ReactNode }) {
  const [prepared, setPrepared] = useState(false);
  const last = useRef<ReactNode>(null);
  useEffect(() => {
    if (!settled) {
      setPrepared(false);
      return;
    }
    const timer = setTimeout(() => setPrepared(true), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [settled]);
  if (shown || prepared) last.current = children;
  else if (!settled) last.current = null;
  return last.current;
}
