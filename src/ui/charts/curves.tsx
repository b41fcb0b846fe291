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
  PRIMARY,
  percentTick,
  QUIET,
  SECONDARY,
  SPACE,
  STILL,
  short,
  smallTick,
  TOOLTIP,
} from './frame.tsx';

/** Ends at the last step drawn, so that the axis grows with the run. */
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
        <Line {...STILL} name="Loss" dataKey="loss" stroke={PRIMARY} />
      </LineChart>
    </Frame>
  );
}

/** Batches as a faint line; training and validation accuracy at the end of each epoch as lines. */
export function AccuracyChart({ series, curve }: { series: Series; curve: readonly EpochPoint[] }) {
  const { points } = series;
  const last = curve.at(-1);
  return (
    <>
      <Frame
        label={`Accuracy: training ${percent(last?.trainAccuracy)}, validation ${percent(last?.heldOutAccuracy)}`}
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
            name="Training"
            dataKey="trainAccuracy"
            stroke={PRIMARY}
            connectNulls
          />
          <Line
            {...STILL}
            data={[...curve]}
            name="Validation"
            dataKey="heldOutAccuracy"
            stroke={SECONDARY}
            connectNulls
          />
        </ComposedChart>
      </Frame>
      <Legend
        items={[
          { name: 'validation', colour: SECONDARY },
          { name: 'training', colour: PRIMARY },
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
        <Line {...STILL} name="Learning rate" dataKey="learningRate" stroke={PRIMARY} />
      </LineChart>
    </Frame>
  );
}
