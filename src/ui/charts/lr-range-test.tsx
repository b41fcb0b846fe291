import { CartesianGrid, ComposedChart, Line, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { RatePoint } from '../../domain/lr-finder.ts';
import { decimal, rate as shown } from '../common/format.ts';
import { AXIS, Frame, GRID, Legend, OTHER, OWN, QUIET, SPACE, STILL, smallTick, TOOLTIP } from './frame.tsx';
import { decades, roundTicks } from './ticks.ts';

const FIRST = 20;

interface Props {
  readonly points: readonly RatePoint[];
  readonly suggested: number | null;
}

/** Loss against the learning rate of its step, on a logarithmic axis. */
export function RateSearchChart({ points, suggested }: Props) {
  const [first, last] = [points[0]?.rate ?? 1e-6, points.at(-1)?.rate ?? 1];
  // One loss that jumps must not press the curve flat: of the losses, the first ones show how far batches differ.
  const drawn = [...points.map((point) => point.smoothed), ...points.slice(0, FIRST).map(({ loss }) => loss)];
  const up = roundTicks(Math.min(...drawn), Math.max(...drawn));
  return (
    <>
      <Frame
        label={`Loss by learning rate, from ${shown(first)} to ${shown(last)}${suggested === null ? '' : `; suggested: ${shown(suggested)}`}`}
      >
        <ComposedChart data={[...points]} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis
            {...AXIS}
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
            domain={[up[0] ?? 'auto', up.at(-1) ?? 'auto']}
            ticks={up}
            allowDataOverflow
            tickFormatter={smallTick}
          />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={(rate) => `Rate ${shown(Number(rate))}`}
            formatter={(value) => decimal(Number(value))}
          />
          <Line {...STILL} name="Each step" dataKey="loss" stroke={QUIET} strokeWidth={1} />
          <Line {...STILL} name="Smoothed" dataKey="smoothed" stroke={OWN} />
          {suggested !== null && (
            <ReferenceLine x={suggested} stroke={OTHER} strokeDasharray="4 3" strokeWidth={1.5} />
          )}
        </ComposedChart>
      </Frame>
      <Legend
        items={[
          { name: 'loss, smoothed', colour: OWN },
          { name: 'each step', colour: QUIET },
          ...(suggested === null ? [] : [{ name: 'suggested rate', colour: OTHER }]),
        ]}
      />
    </>
  );
}
