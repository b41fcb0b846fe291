import { memo } from 'react';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { EpochPoint } from '../../domain/training-report.ts';
import type { Run } from '../../state/run/run-store.ts';
import { percent, significant } from '../common/format.ts';
import {
  AXIS_WIDTH,
  epochAxis,
  epochLabel,
  Frame,
  GRID,
  Legend,
  percentTick,
  RUN_LINES,
  SPACE,
  STILL,
  smallTick,
  TOOLTIP,
  ticked,
} from './frame.tsx';
import { shareTicks, ticksFromZero } from './ticks.ts';

interface Shown {
  readonly title: string;
  readonly key: keyof EpochPoint;
  readonly show: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly ticks: (values: readonly number[]) => number[];
}

const shares = (values: readonly number[]): number[] => shareTicks(Math.min(1, ...values));

const CHARTS: readonly Shown[] = [
  {
    title: 'Loss (nats)',
    key: 'loss',
    show: significant,
    tick: smallTick,
    ticks: (values) => ticksFromZero(Math.max(0, ...values)),
  },
  { title: 'Validation accuracy', key: 'heldOutAccuracy', show: percent, tick: percentTick, ticks: shares },
  { title: 'Verification accuracy', key: 'verification', show: percent, tick: percentTick, ticks: shares },
];

/** The curves of several runs in the same charts, by epoch. */
export const CompareCharts = memo(function CompareCharts({ runs }: { runs: readonly Run[] }) {
  return (
    <>
      <div className="charts compare-charts">
        {CHARTS.map((chart) => ({
          ...chart,
          values: runs.flatMap(({ curve }) =>
            curve.map((point) => point[chart.key]).filter((value) => value !== null),
          ),
        }))
          .filter(({ values }) => values.length > 0)
          .map(({ title, key, show, tick, ticks, values }) => (
            <Frame
              key={key}
              label={`${title} over the epochs of ${runs.map(({ name }) => name).join(', ')}`}
              x="Epoch"
              y={title}
            >
              <LineChart margin={SPACE} accessibilityLayer={false}>
                <CartesianGrid {...GRID} />
                <XAxis {...epochAxis(...runs.map(({ curve }) => curve))} allowDuplicatedCategory={false} />
                <YAxis {...ticked(ticks(values), tick)} width={AXIS_WIDTH} />
                <Tooltip
                  {...TOOLTIP}
                  labelFormatter={epochLabel}
                  formatter={(value) => show(Number(value))}
                />
                {runs.map((run, index) => (
                  <Line
                    {...STILL}
                    {...lineOf(index)}
                    key={run.id}
                    data={[...run.curve]}
                    name={run.name}
                    dataKey={key}
                    connectNulls
                  />
                ))}
              </LineChart>
            </Frame>
          ))}
      </div>
      <Legend
        items={runs.map(({ name }, index) => {
          const { stroke, strokeDasharray } = lineOf(index);
          return { name, colour: stroke, dash: strokeDasharray };
        })}
      />
    </>
  );
});

const lineOf = (index: number) => RUN_LINES[index % RUN_LINES.length] ?? RUN_LINES[0];
