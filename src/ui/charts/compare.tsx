import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { EpochPoint } from '../../protocol/trainer.ts';
import type { Run } from '../../state/run-store.ts';
import { decimal, percent } from '../common/format.ts';
import { AXIS, Frame, GRID, Legend, LINES, percentTick, STILL, TOOLTIP } from './frame.tsx';

interface Shown {
  readonly title: string;
  readonly key: keyof EpochPoint;
  readonly show: (value: number) => string;
  readonly tick: (value: number) => string;
}

const CHARTS: readonly Shown[] = [
  { title: 'Loss', key: 'loss', show: (value) => decimal(value), tick: String },
  { title: 'Accuracy, held-out photos', key: 'heldOutAccuracy', show: percent, tick: percentTick },
  { title: 'Strangers: pairs told right', key: 'verification', show: percent, tick: percentTick },
];

/** The curves of several runs over each other, by epoch. */
export function CompareCharts({ runs }: { runs: readonly Run[] }) {
  return (
    <>
      <div className="charts compare-charts">
        {CHARTS.filter(({ key }) => runs.some(({ curve }) => curve.some((point) => point[key] !== null))).map(
          ({ title, key, show, tick }) => (
            <div key={key}>
              <h4>{title}</h4>
              <Frame label={`${title} over the epochs of ${runs.map(({ name }) => name).join(', ')}`}>
                <LineChart margin={{ top: 8, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
                  <CartesianGrid {...GRID} />
                  <XAxis
                    {...AXIS}
                    dataKey="epoch"
                    type="number"
                    domain={['dataMin', 'dataMax']}
                    allowDecimals={false}
                    allowDuplicatedCategory={false}
                  />
                  <YAxis {...AXIS} width={48} domain={['auto', 'auto']} tickFormatter={tick} />
                  <Tooltip
                    {...TOOLTIP}
                    labelFormatter={(label) => `Epoch ${String(label)}`}
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
