import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { EpochPoint } from '../../domain/training-report.ts';
import type { Run } from '../../state/run/run-store.ts';
import { decimal, percent } from '../common/format.ts';
import {
  AXIS,
  epochAxis,
  epochLabel,
  Frame,
  GRID,
  Legend,
  LINES,
  percentTick,
  SPACE,
  STILL,
  smallTick,
  TOOLTIP,
} from './frame.tsx';

interface Shown {
  readonly title: string;
  readonly key: keyof EpochPoint;
  readonly show: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly domain: readonly [number | ((lowest: number) => number), number | 'auto'];
}

/** Up to 100 %, from the multiple of 5 % below the lowest value, so that no line lies on the axis. */
const FRACTIONS: Shown['domain'] = [(lowest) => Math.max(0, Math.floor(lowest * 20 - 0.1) / 20), 1];

const CHARTS: readonly Shown[] = [
  { title: 'Loss', key: 'loss', show: (value) => decimal(value), tick: smallTick, domain: [0, 'auto'] },
  {
    title: 'Validation accuracy',
    key: 'heldOutAccuracy',
    show: percent,
    tick: percentTick,
    domain: FRACTIONS,
  },
  {
    title: 'Verification accuracy',
    key: 'verification',
    show: percent,
    tick: percentTick,
    domain: FRACTIONS,
  },
];

/** The curves of several runs in the same charts, by epoch. */
export function CompareCharts({ runs }: { runs: readonly Run[] }) {
  return (
    <>
      <div className="charts compare-charts">
        {CHARTS.filter(({ key }) => runs.some(({ curve }) => curve.some((point) => point[key] !== null))).map(
          ({ title, key, show, tick, domain }) => (
            <div key={key}>
              <h4>{title}</h4>
              <Frame label={`${title} over the epochs of ${runs.map(({ name }) => name).join(', ')}`}>
                <LineChart margin={SPACE} accessibilityLayer={false}>
                  <CartesianGrid {...GRID} />
                  <XAxis {...epochAxis(...runs.map(({ curve }) => curve))} allowDuplicatedCategory={false} />
                  <YAxis {...AXIS} width={52} domain={domain} tickCount={6} tickFormatter={tick} />
                  <Tooltip
                    {...TOOLTIP}
                    labelFormatter={epochLabel}
                    formatter={(value) => show(Number(value))}
                  />
                  {runs.map((run, index) => (
                    <Line
                      {...STILL}
                      key={run.id}
                      data={[...run.curve]}
                      name={run.name}
                      dataKey={key}
                      stroke={LINES[index % LINES.length] ?? LINES[0]}
                      connectNulls
                    />
                  ))}
                </LineChart>
              </Frame>
            </div>
          ),
        )}
      </div>
      <Legend
        items={runs.map(({ name }, index) => ({ name, colour: LINES[index % LINES.length] ?? LINES[0] }))}
      />
    </>
  );
}
