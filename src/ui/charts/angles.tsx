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
  OTHER,
  OWN,
  percentTick,
  SPACE,
  STILL,
  TOOLTIP,
} from './frame.tsx';

const LEGEND = [
  { name: 'own person', colour: OWN },
  { name: 'nearest other person', colour: OTHER },
];
const degrees = (value: number): string => `${value.toFixed(1)}°`;
const sum = (counts: readonly number[]): number =>
  Math.max(
    1,
    counts.reduce((total, n) => total + n, 0),
  );

/** Shares of the faces by angle, cut off where neither histogram has anything more. */
function rows({ binWidth, own, nearestOther }: AngleHistogram) {
  const [all, allOther] = [sum(own), sum(nearestOther)];
  const last = Math.max(
    own.findLastIndex((n) => n > 0),
    nearestOther.findLastIndex((n) => n > 0),
  );
  return Array.from({ length: last + 2 }, (_, bin) => ({
    angle: (bin + 0.5) * binWidth,
    own: (own[bin] ?? 0) / all,
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
        label={`Angles: to the own person ${degrees(angles.ownMean)} on average, to the nearest other ${degrees(angles.nearestOtherMean)}`}
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
            name="Own"
            dataKey="own"
            stroke={OWN}
            fill={OWN}
            fillOpacity={0.25}
          />
          <Area
            isAnimationActive={false}
            type="step"
            name="Nearest other"
            dataKey="other"
            stroke={OTHER}
            fill={OTHER}
            fillOpacity={0.2}
          />
          <ReferenceLine x={angles.ownMean} stroke={OWN} strokeDasharray="3 3" />
          <ReferenceLine x={angles.nearestOtherMean} stroke={OTHER} strokeDasharray="3 3" />
        </AreaChart>
      </Frame>
      <Legend items={LEGEND} />
    </>
  );
}

/** The two means over the epochs: the gap is what training widens. */
export function MeanAnglesChart({ curve }: { curve: readonly EpochPoint[] }) {
  return (
    <div>
      <Frame label="Mean angles over the epochs, to the own person and to the nearest other">
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
          <Line {...STILL} name="Own" dataKey="ownMean" stroke={OWN} />
          <Line {...STILL} name="Nearest other" dataKey="otherMean" stroke={OTHER} />
        </LineChart>
      </Frame>
      <p className="legend">means over the epochs</p>
    </div>
  );
}
