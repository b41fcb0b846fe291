import { Slider } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Run } from '../../../state/run/run-store.ts';
import { Panel } from '../../common/Panel.tsx';

const AnglesChart = lazy(() =>
  import('../../charts/angles.tsx').then(({ AnglesChart: chart }) => ({ default: chart })),
);
const MeanAnglesChart = lazy(() =>
  import('../../charts/angles.tsx').then(({ MeanAnglesChart: chart }) => ({ default: chart })),
);

/** How far faces are from their own person and from the nearest other, now and at every kept epoch. */
export function AnglesPanel({ run }: { run: Run | null }) {
  /** Counted from the newest, so that the view stays with the newest while a run goes on. */
  const [back, setBack] = useState(0);
  const epochs = run?.epochs ?? [];
  const index = Math.max(0, epochs.length - 1 - back);
  const shown = epochs[index];
  return (
    <Panel title="Angles" className="angles">
      <div data-testid="chart-angles">
        {shown ? (
          <Suspense fallback={<div className="chart-box" />}>
            <div className="angles-body">
              <div>
                <AnglesChart angles={shown.angles} />
                {epochs.length > 1 && (
                  <div className="angles-slider">
                    <span className="quiet small">
                      {shown.epoch === 0 ? 'Untrained' : `Epoch ${shown.epoch}`}
                      {back === 0 ? ' (newest)' : ''}
                    </span>
                    <Slider
                      size="sm"
                      min={0}
                      max={epochs.length - 1}
                      value={index}
                      label={null}
                      thumbLabel="Epoch shown"
                      onChange={(value) => setBack(epochs.length - 1 - value)}
                    />
                  </div>
                )}
              </div>
              <MeanAnglesChart curve={run?.curve ?? []} />
            </div>
          </Suspense>
        ) : (
          <p className="nothing chart-box">Drawn while training.</p>
        )}
      </div>
      <p className="quiet small panel-foot">
        The angle between each face’s embedding and the centre of its own person, and of the nearest other
        person. The further apart the two hills, the better people are told apart.
      </p>
    </Panel>
  );
}
