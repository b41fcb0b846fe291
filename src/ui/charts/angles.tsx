import { memo, useMemo } from 'react';
import {
  Area,
  AreaChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { AngleHistogram, EpochPoint } from '../../domain/training-report.ts';
import {
  AXIS_WIDTH,
  counting,
  epochAxis,
  epochLabel,
  Frame,
  GENUINE,
  GRID,
  IMPOSTOR,
  Legend,
  percentTick,
  SPACE,
  STILL,
  TOOLTIP,
  ticked,
} from './frame.tsx';
import { ticksFromZero } from './ticks.ts';

const LEGEND = [
  { name: 'correct class', colour: GENUINE },
  { name: 'nearest other class', colour: IMPOSTOR },
];
const degrees = (value: number): string => `${value.toFixed(1)}°`;
const wholeDegrees = (value: number): string => `${Math.round(value)}°`;
const sum = (counts: readonly number[]): number =>
  Math.max(
    1,
    counts.reduce((total, n) => total + n, 0),
  );

/** Ends of the axes that hold several histograms, so that nothing jumps when they are shown one after the other. */
function rangeOf(histograms: readonly AngleHistogram[]): {
  readonly degrees: number;
  readonly share: number;
} {
  let last = 10;
  let share = 0;
  for (const { binWidth, target, nearestOther } of histograms) {
    for (const counts of [target, nearestOther]) {
      last = Math.max(last, (counts.findLastIndex((n) => n > 0) + 1) * binWidth);
      share = Math.max(share, Math.max(0, ...counts) / sum(counts));
    }
  }
  return { degrees: Math.min(180, Math.ceil(last / 10) * 10), share };
}

/** Fraction of the faces per bin, up to the end of the axis. */
function rows({ binWidth, target: correct, nearestOther }: AngleHistogram, end: number) {
  const [all, allOther] = [sum(correct), sum(nearestOther)];
  return Array.from({ length: Math.floor(end / binWidth) }, (_, bin) => ({
    angle: (bin + 0.5) * binWidth,
    correct: (correct[bin] ?? 0) / all,
    other: (nearestOther[bin] ?? 0) / allOther,
  }));
}

/** One of several histograms. */
export const AnglesChart = memo(function AnglesChart({
  angles,
  all,
}: {
  angles: AngleHistogram;
  all: readonly AngleHistogram[];
}) {
  const half = angles.binWidth / 2;
  const range = useMemo(() => rangeOf(all), [all]);
  return (
    <>
      <Frame
        label={`Histogram of the angles to class centres: correct class ${degrees(angles.targetMean)} on average, nearest other class ${degrees(angles.nearestOtherMean)}`}
        x="Angle to class centre (degrees)"
        y="Share of the training photos"
      >
        <AreaChart data={rows(angles, range.degrees)} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...counting('angle', range.degrees)} tickFormatter={wholeDegrees} />
          <YAxis {...ticked(ticksFromZero(range.share), percentTick)} width={AXIS_WIDTH} />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={(label) =>
              `${(Number(label) - half).toFixed(0)}° to ${(Number(label) + half).toFixed(0)}°`
            }
            formatter={(value) => `${(Number(value) * 100).toFixed(1)} % of the photos`}
          />
          <Area
            isAnimationActive={false}
            type="step"
            name="Correct class"
            dataKey="correct"
            stroke={GENUINE}
            fill={GENUINE}
            fillOpacity={0.25}
          />
          <Area
            isAnimationActive={false}
            type="step"
            name="Nearest other class"
            dataKey="other"
            stroke={IMPOSTOR}
            fill={IMPOSTOR}
            fillOpacity={0.2}
          />
          <ReferenceLine x={angles.targetMean} stroke={GENUINE} strokeDasharray="3 3" />
          <ReferenceLine x={angles.nearestOtherMean} stroke={IMPOSTOR} strokeDasharray="3 3" />
        </AreaChart>
      </Frame>
      <Legend items={LEGEND} />
    </>
  );
});

/** The two means over the epochs: training widens the gap between them. */
export const MeanAnglesChart = memo(function MeanAnglesChart({ curve }: { curve: readonly EpochPoint[] }) {
  const last = curve.at(-1);
  const highest = Math.max(0, ...curve.flatMap(({ targetMean, otherMean }) => [targetMean, otherMean]));
  return (
    <>
      <Frame
        label={`Mean angles over the epochs, at the end: correct class ${last ? degrees(last.targetMean) : '—'}, nearest other class ${last ? degrees(last.otherMean) : '—'}`}
        x="Epoch"
        y="Mean angle to class centre (degrees)"
      >
        <LineChart data={[...curve]} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...epochAxis(curve)} />
          <YAxis {...ticked(ticksFromZero(highest), wholeDegrees)} width={AXIS_WIDTH} />
          <Tooltip {...TOOLTIP} labelFormatter={epochLabel} formatter={(value) => degrees(Number(value))} />
          <Line {...STILL} name="Correct class" dataKey="targetMean" stroke={GENUINE} />
          <Line {...STILL} name="Nearest other class" dataKey="otherMean" stroke={IMPOSTOR} />
        </LineChart>
      </Frame>
      <Legend items={LEGEND} />
    </>
  );
});
