import { CartesianGrid, ComposedChart, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { EpochPoint } from '../../state/run-store.ts';
import type { Series } from '../../state/series.ts';
import { decimal, percent, rate } from '../common/format.ts';
import {
  AXIS,
  COUNTING,
  Frame,
  GRID,
  Legend,
  OTHER,
  OWN,
  percentTick,
  QUIET,
  rateTick,
  SPACE,
  STILL,
  short,
  TOOLTIP,
} from './frame.tsx';

const STEP = { ...COUNTING, dataKey: 'step' } as const;
const stepLabel = (step: unknown): string => `Step ${String(step)}`;

export function LossChart({ series: { points } }: { series: Series }) {
  const [first, last] = [points[0], points.at(-1)];
  return (
    <Frame label={`Loss over the steps: from ${decimal(first?.loss)} to ${decimal(last?.loss)}`}>
      <LineChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
        <CartesianGrid {...GRID} />
        <XAxis {...STEP} tickFormatter={short} />
        <YAxis {...AXIS} width={42} domain={[0, 'auto']} />
        <Tooltip {...TOOLTIP} labelFormatter={stepLabel} formatter={(value) => decimal(Number(value))} />
        <Line {...STILL} name="Loss" dataKey="loss" stroke={OWN} />
      </LineChart>
    </Frame>
  );
}

/** Batches as a faint line; the measurements at the end of each epoch as points with lines between. */
export function AccuracyChart({
  series: { points },
  curve,
}: {
  series: Series;
  curve: readonly EpochPoint[];
}) {
  const last = curve.at(-1);
  return (
    <>
      <Frame
        label={`Accuracy: ${percent(last?.trainAccuracy)} on photos trained on, ${percent(last?.heldOutAccuracy)} on held-out photos`}
      >
        <ComposedChart margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...STEP} tickFormatter={short} allowDuplicatedCategory={false} />
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

export function RateChart({ series: { points } }: { series: Series }) {
  return (
    <Frame label={`Learning rate over the steps, now ${rate(points.at(-1)?.learningRate)}`}>
      <LineChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
        <CartesianGrid {...GRID} />
        <XAxis {...STEP} tickFormatter={short} />
        <YAxis {...AXIS} width={52} domain={[0, 'auto']} tickFormatter={rateTick} />
        <Tooltip {...TOOLTIP} labelFormatter={stepLabel} formatter={(value) => rate(Number(value))} />
        <Line {...STILL} name="Learning rate" dataKey="learningRate" stroke={OWN} />
      </LineChart>
    </Frame>
  );
}
