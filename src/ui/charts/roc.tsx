import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { RocPoint, VerificationReport } from '../../domain/verification.ts';
import { decimal, percent } from '../common/format.ts';
import {
  AXIS,
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

/** A logarithmic axis has no 0: points below the smallest rate that the pairs can resolve are drawn at it. */
const onLogAxis = (roc: readonly RocPoint[], floor: number): RocPoint[] =>
  roc.map(({ far, tar }) => ({ far: Math.max(far, floor), tar }));

/** True accept rate over false accept rate, for the best epoch and before training. */
export function RocChart({ baseline, best }: { baseline: VerificationReport; best: VerificationReport }) {
  const floor = Math.max(1e-4, Math.min(0.05, 1 / Math.max(1, best.impostorPairs)));
  const ticks = [1e-4, 1e-3, 1e-2, 1e-1, 1].filter((tick) => tick >= floor);
  return (
    <div>
      <Frame label={`ROC curve: area ${decimal(best.auc, 4)}, before training ${decimal(baseline.auc, 4)}`}>
        <LineChart margin={SPACE} accessibilityLayer={false}>
          <CartesianGrid {...GRID} vertical />
          <XAxis
            {...AXIS}
            dataKey="far"
            type="number"
            scale="log"
            domain={[floor, 1]}
            ticks={ticks}
            allowDuplicatedCategory={false}
            tickFormatter={(value: number) => (value === 1 ? '1' : value.toExponential(0))}
          />
          <YAxis {...AXIS} width={48} domain={[0, 1]} tickFormatter={percentTick} />
          <Tooltip
            {...TOOLTIP}
            labelFormatter={(far) => `False accept rate: ${percent(Number(far), 2)}`}
            formatter={(value) => percent(Number(value))}
          />
          <Line
            {...STILL}
            data={onLogAxis(baseline.roc, floor)}
            name="Before training"
            dataKey="tar"
            stroke={SECONDARY}
            strokeDasharray="5 3"
          />
          <Line {...STILL} data={onLogAxis(best.roc, floor)} name="Best" dataKey="tar" stroke={PRIMARY} />
        </LineChart>
      </Frame>
      <Legend
        items={[
          { name: 'best epoch', colour: PRIMARY },
          { name: 'before training (dashed)', colour: SECONDARY },
        ]}
      />
      <p className="legend">x: false accept rate (FAR, log); y: true accept rate (TAR)</p>
    </div>
  );
}
