import { CartesianGrid, ComposedChart, Line, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { RatePoint } from '../../domain/lr-finder.ts';
import { rate as shown, significant } from '../common/format.ts';
import {
  AXIS,
  AXIS_HEIGHT,
  Frame,
  GRID,
  Legend,
  MAIN,
  OTHER,
  QUIET,
  SPACE,
  STILL,
  smallTick,
  TOOLTIP,
} from './frame.tsx';
import { decades, roundTicks } from './ticks.ts';

/** Losses from which the spread between batches is read. */
const FIRST = 20;

interface Props {
  readonly points: readonly RatePoint[];
  readonly suggested: number | null;
}

/** Loss against the learning rate of its step, on a logarithmic axis. */
export function RateSearchChart({ points, suggested }: Props) {
  const [first, last] = [points[0]?.rate ?? 1e-6, points.at(-1)?.rate ?? 1];
  // A single outlier must not flatten the curve: of the raw losses only the first ones set the range.
  const values = [
    ...points.map((point) => point.smoothed),
    ...points.slice(0, FIRST).map(({ loss }) => loss),
  ];
  const lossTicks = roundTicks(Math.min(...values), Math.max(...values));
  return (
    <>
      <Frame
        label={`Loss by learning rate, from ${shown(first)} to ${shown(last)}${suggested === null ? '' : `; suggested: ${shown(suggested)}`}`}
        x="Learning rate (log)"
        y="Loss (nats)"
      >
        <ComposedChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis
            {...AXIS}
            height={AXIS_HEIGHT}
            dataKey="rate"
            type="number"
            scale="log"
            domain={[first, last]}
            ticks={decades(first, last)}
            tickFormatter={(value: number) => (value < 1 ? value.toExponential(0) : String(value))}
          />
          <YAxis
            {...AXIS}
            width={44}
            domain={[lossTicks[0] ?? 'auto', lossTicks.at(-1) ?? 'auto']}
            ticks={lossTicks}
            allowDataOverflow
            tickFormatter={smallTick}
          />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={(rate) => `Learning rate ${shown(Number(rate))}`}
            formatter={(value) => significant(Number(value))}
          />
          <Line {...STILL} name="Each step" dataKey="loss" stroke={QUIET} strokeWidth={1} />
          <Line {...STILL} name="Smoothed" dataKey="smoothed" stroke={MAIN} />
          {suggested !== null && (
            <ReferenceLine x={suggested} stroke={OTHER} strokeDasharray="4 3" strokeWidth={1.5} />
          )}
        </ComposedChart>
      </Frame>
      <Legend
        items={[
          { name: 'loss, smoothed', colour: MAIN },
          { name: 'each step', colour: QUIET },
          ...(suggested === null ? [] : [{ name: 'suggested learning rate', colour: OTHER }]),
        ]}
      />
    </>
  );
}
