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

/** Angles of the faces to the centre of the correct class and of the nearest other class, at every kept epoch. */
export function AnglesPanel({ run }: { run: Run | null }) {
  /** Counted from the newest, so that the view follows the newest during a run. */
  const [back, setBack] = useState(0);
  const epochs = run?.epochs ?? [];
  const index = Math.max(0, epochs.length - 1 - back);
  const shown = epochs[index];
  return (
    <Panel title="Angle to class centre" className="angles">
      <div data-testid="chart-angles">
        {shown ? (
          <Suspense fallback={<div className="chart-box" />}>
            <div className="angles-body">
              <div>
                <AnglesChart angles={shown.angles} />
                {epochs.length > 1 && (
                  <div className="angles-slider">
                    <span className="quiet small">
                      {shown.epoch === 0 ? 'Before training' : `Epoch ${shown.epoch}`}
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
          <p className="nothing chart-box">Appears during training.</p>
        )}
      </div>
      <p className="quiet small panel-foot">
        The angle between each embedding and the centre of the correct person, and of the nearest other
        person. The less the two distributions overlap, the better people can be distinguished.
      </p>
    </Panel>
  );
}
