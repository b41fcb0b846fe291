import { memo } from 'react';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { VerificationReport } from '../../domain/verification.ts';
import { decimal, percent } from '../common/format.ts';
import {
  AXIS,
  AXIS_HEIGHT,
  AXIS_WIDTH,
  Frame,
  GRID,
  Legend,
  MAIN,
  OTHER,
  percentTick,
  SPACE,
  STILL,
  TOOLTIP,
  ticked,
} from './frame.tsx';
import { rocFrom, smallestFar } from './roc-points.ts';
import { decades, shareTicks } from './ticks.ts';

/** True accept rate over false accept rate, for the best epoch and before training. */
export const RocChart = memo(function RocChart({
  baseline,
  best,
}: {
  baseline: VerificationReport;
  best: VerificationReport;
}) {
  const floor = smallestFar(best.impostorPairs);
  const [before, after] = [rocFrom(baseline.roc, floor), rocFrom(best.roc, floor)];
  const lowest = Math.min(1, ...[...before, ...after].map(({ tar }) => tar));
  return (
    <div>
      <Frame
        label={`ROC curve: area ${decimal(best.auc, 4)}, before training ${decimal(baseline.auc, 4)}`}
        x="False accept rate (log)"
        y="True accept rate"
      >
        <LineChart margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} vertical />
          <XAxis
            {...AXIS}
            height={AXIS_HEIGHT}
            dataKey="far"
            type="number"
            scale="log"
            domain={[floor, 1]}
            ticks={decades(floor, 1)}
            allowDuplicatedCategory={false}
            tickFormatter={percentTick}
          />
          <YAxis {...ticked(shareTicks(lowest), percentTick)} width={AXIS_WIDTH} />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={(far) => `False accept rate: ${percent(Number(far), 2)}`}
            formatter={(value) => percent(Number(value))}
          />
          <Line
            {...STILL}
            data={before}
            name="Before training"
            dataKey="tar"
            stroke={OTHER}
            strokeDasharray="6 3"
          />
          <Line {...STILL} data={after} name="Best" dataKey="tar" stroke={MAIN} />
        </LineChart>
      </Frame>
      <Legend
        items={[
          { name: 'best epoch', colour: MAIN },
          { name: 'before training', colour: OTHER, dash: '6 3' },
        ]}
      />
    </div>
  );
});
