import type { ReactElement } from 'react';
import { ResponsiveContainer } from 'recharts';
import type { EpochPoint } from '../../domain/training-report.ts';
import { countingTicks } from './ticks.ts';

/**
 * What all charts share. Colours come from charts.css, so that they follow the colour scheme. The first two mean pairs of the
 * same person (or the correct class) and pairs of two people (or another class), here and everywhere; nothing else has them.
 */
export const GENUINE = 'var(--genuine)';
export const IMPOSTOR = 'var(--impostor)';
/** The line that a chart is about, and the one that it is compared with. */
export const MAIN = 'var(--line-1)';
export const OTHER = 'var(--line-2)';
export const QUIET = 'var(--chart-quiet)';
/** Runs beside each other; told apart by their dashes as well. */
export const RUN_LINES = [
  { stroke: 'var(--line-1)', strokeDasharray: '0' },
  { stroke: 'var(--line-2)', strokeDasharray: '6 3' },
  { stroke: 'var(--line-3)', strokeDasharray: '2 3' },
  { stroke: 'var(--line-4)', strokeDasharray: '8 3 2 3' },
] as const;

export const AXIS = { stroke: QUIET, fontSize: 11, tickLine: false, tick: { fill: 'var(--quiet)' } } as const;
/** Of the horizontal axis: its ticks. */
export const AXIS_HEIGHT = 20;
/** An axis with exactly these ticks, from the first to the last. */
export const ticked = (ticks: readonly number[], format: (value: number) => string) => ({
  ...AXIS,
  type: 'number' as const,
  ticks: [...ticks],
  domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1] as [number, number],
  tickFormatter: format,
  interval: 0 as const,
});
/** A numeric axis from 0 to `last`: steps, epochs, degrees. */
export const counting = (dataKey: string, last: number) => ({
  ...AXIS,
  dataKey,
  type: 'number' as const,
  domain: [0, last],
  ticks: countingTicks(last),
  minTickGap: 16,
  height: AXIS_HEIGHT,
});
/** The epochs of one or more curves. */
export const epochAxis = (...curves: readonly (readonly EpochPoint[])[]) =>
  counting('epoch', Math.max(1, ...curves.map((curve) => curve.at(-1)?.epoch ?? 0)));
export const epochLabel = (epoch: unknown): string =>
  Number(epoch) === 0 ? 'Before training' : `Epoch ${String(epoch)}`;
/** Width of the vertical axis: room for `97.5 %` and `1.2e-4`. */
export const AXIS_WIDTH = 48;
export const SPACE = { top: 6, right: 14, bottom: 0, left: 0 } as const;
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
  /** Text alternative of the chart for screen readers: what it shows, in numbers. */
  readonly label: string;
  /** Titles of the axes, with their units. */
  readonly x: string;
  readonly y: string;
  readonly children: ReactElement;
}

/** A chart with the titles of its axes. */
export function Frame({ label, x, y, children }: Props) {
  return (
    <div className="chart" role="img" aria-label={label}>
      <p className="chart-title-y">{y}</p>
      <div className="chart-box">
        <ResponsiveContainer
          width="100%"
          height="100%"
          minWidth={0}
          initialDimension={{ width: 320, height: 200 }}
        >
          {children}
        </ResponsiveContainer>
      </div>
      <p className="chart-title-x">{x}</p>
    </div>
  );
}

interface LegendItem {
  readonly name: string;
  readonly colour: string;
  readonly dash?: string;
}

/** The names of the lines, below a chart. */
export function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <ul className="legend" aria-hidden="true">
      {items.map(({ name, colour, dash }) => (
        <li key={name}>
          <svg width="18" height="4" aria-hidden="true">
            <line x2="18" y1="2" y2="2" stroke={colour} strokeWidth="3" strokeDasharray={dash} />
          </svg>
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
