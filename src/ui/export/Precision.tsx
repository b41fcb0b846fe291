import { Select } from '@mantine/core';
import { useStore } from 'zustand';
import {
  type PrecisionCost,
  WEIGHT_PRECISIONS,
  type WeightPrecision,
} from '../../domain/export/weight-precision.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { choosePrecision, precisionStore } from '../../state/run/export/precision-store.ts';
import { decimal, percent, plural } from '../common/format.ts';

const LABELS: Readonly<Record<WeightPrecision, { readonly label: string; readonly about: string }>> = {
  float32: { label: 'float32', about: 'The weights as they were trained.' },
  float16: { label: 'float16: half the size', about: '16-bit floats, with 11 significant bits.' },
  int8: {
    label: 'int8 per channel: a quarter of the size',
    about: '8-bit whole numbers with a scale for each output channel.',
  },
};

/** Chooses how the weights in the file are stored, and says what that costs before anything is downloaded. */
export function Precision() {
  const precision = useStore(precisionStore, (state) => state.precision);
  return (
    <div className="operating-point">
      <Select
        label="Weights"
        description={LABELS[precision].about}
        data-testid="export-precision"
        data={WEIGHT_PRECISIONS.map((value) => ({ value, label: LABELS[value].label }))}
        value={precision}
        allowDeselect={false}
        onChange={(value) => {
          const picked = WEIGHT_PRECISIONS.find((one) => one === value);
          if (picked) void choosePrecision(picked);
        }}
      />
      <div aria-live="polite" data-testid="precision-cost">
        <Cost />
      </div>
    </div>
  );
}

function Cost() {
  const { cost } = useStore(precisionStore);
  switch (cost.kind) {
    case 'none':
      return null;
    case 'measuring':
      return (
        <p className="quiet small">
          Evaluating on held-out people
          {cost.total > 0 && `: ${percent(cost.done / cost.total, 0)}`} …
        </p>
      );
    case 'measured':
      return cost.cost ? (
        <Measured {...cost.cost} />
      ) : (
        <p className="quiet small">
          What this costs was not measured: too few people were held out of the training.
        </p>
      );
    case 'ended':
      return <p className="quiet small">What this costs was not measured. Choose it again to measure it.</p>;
    default:
      return unreachable(cost);
  }
}

function Measured({ faces, accuracy, tar, leastCosine }: PrecisionCost) {
  return (
    <p className="quiet small">
      On {plural(faces, 'face', 'faces')} of held-out people: verification accuracy{' '}
      {percent(accuracy.stored, 2)} instead of {percent(accuracy.float32, 2)}
      {tar.stored !== null &&
        tar.float32 !== null &&
        `, TAR at FAR 1 % ${percent(tar.stored)} instead of ${percent(tar.float32)}`}
      . Cosine between the two embeddings of a face: {decimal(leastCosine, 4)} or more.
    </p>
  );
}
