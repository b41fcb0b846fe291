import { memo } from 'react';
import { CartesianGrid, ComposedChart, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { EpochPoint } from '../../domain/training-report.ts';
import type { Series } from '../../state/run/series.ts';
import { percent, rate, significant } from '../common/format.ts';
import {
  AXIS_WIDTH,
  counting,
  Frame,
  GRID,
  Legend,
  MAIN,
  OTHER,
  percentTick,
  QUIET,
  SPACE,
  STILL,
  short,
  smallTick,
  TOOLTIP,
  ticked,
} from './frame.tsx';
import { shareTicks, ticksFromZero } from './ticks.ts';

/** Ends at the last step drawn, so that the axis grows with the run. */
const stepAxis = ({ points }: Series) => ({
  ...counting('step', Math.max(1, points.at(-1)?.step ?? 0)),
  tickFormatter: short,
});
const stepLabel = (step: unknown): string => `Step ${String(step)}`;
const STEP = 'Training step';

export const LossChart = memo(function LossChart({ series }: { series: Series }) {
  const { points } = series;
  const [first, last] = [points[0], points.at(-1)];
  const highest = Math.max(0, ...points.map(({ loss }) => loss));
  return (
    <>
      <Frame
        label={`Loss over the steps: from ${significant(first?.loss)} to ${significant(last?.loss)}`}
        x={STEP}
        y="Loss (nats)"
      >
        <LineChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...stepAxis(series)} />
          <YAxis {...ticked(ticksFromZero(highest), smallTick)} width={AXIS_WIDTH} />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={stepLabel}
            formatter={(value) => significant(Number(value))}
          />
          <Line {...STILL} name="Loss" dataKey="loss" stroke={MAIN} />
        </LineChart>
      </Frame>
      <Legend
        items={[
          {
            name: series.stride === 1 ? 'loss of each batch' : `loss, mean of ${series.stride} batches`,
            colour: MAIN,
          },
        ]}
      />
    </>
  );
});

/** Batches as a faint line; training and validation accuracy at the end of each epoch as lines. */
export const AccuracyChart = memo(function AccuracyChart({
  series,
  curve,
}: {
  series: Series;
  curve: readonly EpochPoint[];
}) {
  const { points } = series;
  const last = curve.at(-1);
  const validated = curve.some(({ heldOutAccuracy }) => heldOutAccuracy !== null);
  const shares = [
    ...points.map(({ accuracy }) => accuracy),
    ...curve.flatMap(({ trainAccuracy, heldOutAccuracy }) =>
      [trainAccuracy, heldOutAccuracy].filter((share) => share !== null),
    ),
  ];
  return (
    <>
      <Frame
        label={`Accuracy: training ${percent(last?.trainAccuracy)}, validation ${percent(last?.heldOutAccuracy)}`}
        x={STEP}
        y="Correctly classified photos"
      >
        <ComposedChart margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...stepAxis(series)} allowDuplicatedCategory={false} />
          <YAxis {...ticked(shareTicks(Math.min(1, ...shares)), percentTick)} width={AXIS_WIDTH} />
          <Tooltip {...TOOLTIP} labelFormatter={stepLabel} formatter={(value) => percent(Number(value))} />
          <Line
            {...STILL}
            data={[...points]}
            name="Batch"
            dataKey="accuracy"
            stroke={QUIET}
            strokeWidth={1}
          />
          <Line
            {...STILL}
            data={[...curve]}
            name="Training"
            dataKey="trainAccuracy"
            stroke={OTHER}
            strokeDasharray="6 3"
            connectNulls
          />
          <Line
            {...STILL}
            data={[...curve]}
            name="Validation"
            dataKey="heldOutAccuracy"
            stroke={MAIN}
            connectNulls
          />
        </ComposedChart>
      </Frame>
      <Legend
        items={[
          ...(validated ? [{ name: 'validation', colour: MAIN }] : []),
          { name: 'training', colour: OTHER, dash: '6 3' },
          { name: 'each batch', colour: QUIET },
        ]}
      />
    </>
  );
});

export const RateChart = memo(function RateChart({ series }: { series: Series }) {
  const { points } = series;
  const highest = Math.max(0, ...points.map(({ learningRate }) => learningRate));
  return (
    <>
      <Frame
        label={`Learning rate over the steps, now ${rate(points.at(-1)?.learningRate)}`}
        x={STEP}
        y="Learning rate"
      >
        <LineChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...stepAxis(series)} />
          <YAxis {...ticked(ticksFromZero(highest), smallTick)} width={AXIS_WIDTH} />
          <Tooltip {...TOOLTIP} labelFormatter={stepLabel} formatter={(value) => rate(Number(value))} />
          <Line {...STILL} name="Learning rate" dataKey="learningRate" stroke={MAIN} />
        </LineChart>
      </Frame>
      <Legend items={[{ name: 'learning rate of each step', colour: MAIN }]} />
    </>
  );
});
