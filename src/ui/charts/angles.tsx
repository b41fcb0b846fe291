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
  AXIS,
  counting,
  epochAxis,
  epochLabel,
  Frame,
  GRID,
  Legend,
  PRIMARY,
  percentTick,
  SECONDARY,
  SPACE,
  STILL,
  TOOLTIP,
} from './frame.tsx';

const LEGEND = [
  { name: 'correct class', colour: PRIMARY },
  { name: 'nearest other class', colour: SECONDARY },
];
const degrees = (value: number): string => `${value.toFixed(1)}°`;
const sum = (counts: readonly number[]): number =>
  Math.max(
    1,
    counts.reduce((total, n) => total + n, 0),
  );

/** Fraction of the faces per bin, up to the last bin that is not empty. */
function rows({ binWidth, target: correct, nearestOther }: AngleHistogram) {
  const [all, allOther] = [sum(correct), sum(nearestOther)];
  const last = Math.max(
    correct.findLastIndex((n) => n > 0),
    nearestOther.findLastIndex((n) => n > 0),
  );
  return Array.from({ length: last + 2 }, (_, bin) => ({
    angle: (bin + 0.5) * binWidth,
    correct: (correct[bin] ?? 0) / all,
    other: (nearestOther[bin] ?? 0) / allOther,
  }));
}

export function AnglesChart({ angles }: { angles: AngleHistogram }) {
  const half = angles.binWidth / 2;
  const data = rows(angles);
  const last = data.at(-1)?.angle ?? 0;
  return (
    <>
      <Frame
        label={`Angles to class centres: correct class ${degrees(angles.targetMean)} on average, nearest other class ${degrees(angles.nearestOtherMean)}`}
      >
        <AreaChart data={data} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis
            {...counting('angle', Math.min(180, Math.ceil((last + half) / 10) * 10))}
            tickFormatter={(value: number) => `${value}°`}
          />
          <YAxis {...AXIS} width={48} tickFormatter={percentTick} />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={(label) =>
              `${(Number(label) - half).toFixed(0)}° to ${(Number(label) + half).toFixed(0)}°`
            }
            formatter={(value) => `${(Number(value) * 100).toFixed(1)} % of the faces`}
          />
          <Area
            isAnimationActive={false}
            type="step"
            name="Correct class"
            dataKey="correct"
            stroke={PRIMARY}
            fill={PRIMARY}
            fillOpacity={0.25}
          />
          <Area
            isAnimationActive={false}
            type="step"
            name="Nearest other class"
            dataKey="other"
            stroke={SECONDARY}
            fill={SECONDARY}
            fillOpacity={0.2}
          />
          <ReferenceLine x={angles.targetMean} stroke={PRIMARY} strokeDasharray="3 3" />
          <ReferenceLine x={angles.nearestOtherMean} stroke={SECONDARY} strokeDasharray="3 3" />
        </AreaChart>
      </Frame>
      <Legend items={LEGEND} />
    </>
  );
}

/** The two means over the epochs: training widens the gap between them. */
export function MeanAnglesChart({ curve }: { curve: readonly EpochPoint[] }) {
  return (
    <div>
      <Frame label="Mean angles over the epochs, to the correct class and to the nearest other class">
        <LineChart data={[...curve]} margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...epochAxis(curve)} />
          <YAxis
            {...AXIS}
            width={42}
            domain={[0, 'auto']}
            tickFormatter={(value: number) => `${Math.round(value)}°`}
          />
          <Tooltip {...TOOLTIP} labelFormatter={epochLabel} formatter={(value) => degrees(Number(value))} />
          <Line {...STILL} name="Correct class" dataKey="ownMean" stroke={PRIMARY} />
          <Line {...STILL} name="Nearest other class" dataKey="otherMean" stroke={SECONDARY} />
        </LineChart>
      </Frame>
      <p className="legend">mean angles over the epochs</p>
    </div>
  );
}
