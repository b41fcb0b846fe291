import type { ReactElement } from 'react';
import { ResponsiveContainer } from 'recharts';
import type { EpochPoint } from '../../domain/training-report.ts';
import { countingTicks } from './ticks.ts';

/** What all charts share. Colours come from the page's CSS, so that they follow the colour scheme. */
export const PRIMARY = 'var(--chart-a)';
export const SECONDARY = 'var(--chart-b)';
export const QUIET = 'var(--chart-quiet)';
export const LINES = ['var(--chart-a)', 'var(--chart-b)', 'var(--chart-c)', 'var(--chart-d)'] as const;

export const AXIS = { stroke: QUIET, fontSize: 11, tickLine: false, tick: { fill: 'var(--quiet)' } } as const;
/** A numeric axis from 0 to `last`: steps, epochs, degrees. */
export const counting = (dataKey: string, last: number) => ({
  ...AXIS,
  dataKey,
  type: 'number' as const,
  domain: [0, last],
  ticks: countingTicks(last),
  minTickGap: 16,
});
/** The epochs of one or more curves. */
export const epochAxis = (...curves: readonly (readonly EpochPoint[])[]) =>
  counting('epoch', Math.max(1, ...curves.map((curve) => curve.at(-1)?.epoch ?? 0)));
export const epochLabel = (epoch: unknown): string =>
  Number(epoch) === 0 ? 'Before training' : `Epoch ${String(epoch)}`;
export const SPACE = { top: 8, right: 14, bottom: 0, left: 0 } as const;
export const GRID = { stroke: 'var(--line)', vertical: false } as const;
export const TOOLTIP = {
  isAnimationActive: false,
  contentStyle: {
    background: 'var(--surface)',
    border: '1px solid var(--line)',
    borderRadius: 4,
    fontSize: 12,
    color: 'var(--text)',
  },
} as const;
export const STILL = { isAnimationActive: false, dot: false, strokeWidth: 1.75 } as const;

interface Props {
  /** Text alternative of the chart for screen readers. */
  readonly label: string;
  readonly children: ReactElement;
}

export function Frame({ label, children }: Props) {
  return (
    <div className="chart-box" role="img" aria-label={label}>
      <ResponsiveContainer
        width="100%"
        height="100%"
        minWidth={0}
        initialDimension={{ width: 320, height: 200 }}
      >
        {children}
      </ResponsiveContainer>
    </div>
  );
}

/** The names of the lines, below a chart. */
export function Legend({ items }: { items: readonly { readonly name: string; readonly colour: string }[] }) {
  return (
    <ul className="legend" aria-hidden="true">
      {items.map(({ name, colour }) => (
        <li key={name}>
          <span style={{ background: colour }} />
          {name}
        </li>
      ))}
    </ul>
  );
}

export const short = (value: number): string =>
  Math.abs(value) >= 10_000 ? `${Math.round(value / 1000)}k` : String(value);
/** Small numbers with an exponent, so that they fit beside the axis. */
export const smallTick = (value: number): string =>
  value === 0 || value >= 1e-3 ? String(Number(value.toPrecision(3))) : value.toExponential();
/** No more decimals than the tick has: `75 %`, `97.5 %`. */
export const percentTick = (value: number): string => `${Number((value * 100).toFixed(2))} %`;
