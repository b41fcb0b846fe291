import { CartesianGrid, ComposedChart, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { EpochPoint } from '../../domain/training-report.ts';
import type { Series } from '../../state/run/series.ts';
import { decimal, percent, rate } from '../common/format.ts';
import {
  AXIS,
  counting,
  Frame,
  GRID,
  Legend,
  OTHER,
  OWN,
  percentTick,
  QUIET,
  SPACE,
  STILL,
  short,
  smallTick,
  TOOLTIP,
} from './frame.tsx';

/** The steps drawn so far; redrawn with every point, so that the axis grows with the run. */
const stepAxis = ({ points }: Series) => ({
  ...counting('step', Math.max(1, points.at(-1)?.step ?? 0)),
  tickFormatter: short,
});
const stepLabel = (step: unknown): string => `Step ${String(step)}`;

export function LossChart({ series }: { series: Series }) {
  const { points } = series;
  const [first, last] = [points[0], points.at(-1)];
  return (
    <Frame label={`Loss over the steps: from ${decimal(first?.loss)} to ${decimal(last?.loss)}`}>
      <LineChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
        <CartesianGrid {...GRID} />
        <XAxis {...stepAxis(series)} />
        <YAxis {...AXIS} width={52} domain={[0, 'auto']} tickFormatter={smallTick} />
        <Tooltip {...TOOLTIP} labelFormatter={stepLabel} formatter={(value) => decimal(Number(value))} />
        <Line {...STILL} name="Loss" dataKey="loss" stroke={OWN} />
      </LineChart>
    </Frame>
  );
}

/** Batches as a faint line; the measurements at the end of each epoch as points with lines between. */
export function AccuracyChart({ series, curve }: { series: Series; curve: readonly EpochPoint[] }) {
  const { points } = series;
  const last = curve.at(-1);
  return (
    <>
      <Frame
        label={`Accuracy: ${percent(last?.trainAccuracy)} on photos trained on, ${percent(last?.heldOutAccuracy)} on held-out photos`}
      >
        <ComposedChart margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...stepAxis(series)} allowDuplicatedCategory={false} />
          <YAxis {...AXIS} width={48} domain={[0, 1]} tickFormatter={percentTick} />
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
            name="Trained on"
            dataKey="trainAccuracy"
            stroke={OWN}
            connectNulls
          />
          <Line
            {...STILL}
            data={[...curve]}
            name="Held out"
            dataKey="heldOutAccuracy"
            stroke={OTHER}
            connectNulls
          />
        </ComposedChart>
      </Frame>
      <Legend
        items={[
          { name: 'held-out photos', colour: OTHER },
          { name: 'photos trained on', colour: OWN },
          { name: 'each batch', colour: QUIET },
        ]}
      />
    </>
  );
}

export function RateChart({ series }: { series: Series }) {
  const { points } = series;
  return (
    <Frame label={`Learning rate over the steps, now ${rate(points.at(-1)?.learningRate)}`}>
      <LineChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
        <CartesianGrid {...GRID} />
        <XAxis {...stepAxis(series)} />
        <YAxis {...AXIS} width={52} domain={[0, 'auto']} tickFormatter={smallTick} />
        <Tooltip {...TOOLTIP} labelFormatter={stepLabel} formatter={(value) => rate(Number(value))} />
        <Line {...STILL} name="Learning rate" dataKey="learningRate" stroke={OWN} />
      </LineChart>
    </Frame>
  );
}
