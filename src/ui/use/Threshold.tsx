import { Button, Slider } from '@mantine/core';
import { useStore } from 'zustand';
import { angleOfCosine } from '../../domain/angle.ts';
import { operatingPoints } from '../../domain/operating-point.ts';
import type { RecogniserModel } from '../../protocol/recognise.ts';
import { setThreshold } from '../../state/use/model-actions.ts';
import { recogniserStore } from '../../state/use/recogniser-store.ts';
import { decimal, percent } from '../common/format.ts';
import { Panel } from '../common/Panel.tsx';

const RANGE = { min: -0.2, max: 0.9, step: 0.005 } as const;

/** How similar two faces must be to count as one person. */
export function Threshold({ model }: { model: RecogniserModel }) {
  const threshold = useStore(recogniserStore, (state) => state.threshold);
  const own = model.threshold.cosine;
  const changed = Math.abs(threshold - own) > RANGE.step / 2;
  return (
    <Panel
      title="Threshold"
      actions={
        <Button
          size="xs"
          variant="default"
          disabled={!changed}
          data-testid="use-threshold-reset"
          onClick={() => setThreshold(own)}
        >
          Reset
        </Button>
      }
    >
      <p className="use-threshold" data-testid="use-threshold">
        Cosine {decimal(threshold)} <span className="quiet">= {angleOfCosine(threshold).toFixed(1)}°</span>
      </p>
      <Slider
        {...RANGE}
        value={threshold}
        onChange={setThreshold}
        thumbLabel="Threshold, as a cosine"
        label={null}
        marks={[{ value: own }]}
        className="use-slider"
      />
      <div className="use-ends quiet small">
        <span>more is recognised</span>
        <span>fewer mistakes</span>
      </div>
      <p className="small" data-testid="use-rates">
        <Rates model={model} />
        {changed && ' The rates at your threshold were not measured.'}
      </p>
    </Panel>
  );
}

function Rates({ model: { threshold, trained } }: { model: RecogniserModel }) {
  const { cosine, operatingPoint, rates } = threshold;
  const where = `The mark is the model’s own threshold, ${decimal(cosine)} (${angleOfCosine(cosine).toFixed(1)}°)`;
  if (rates === null) {
    return (
      <>
        {where}. Its error rates were not measured {trained ? 'in that run' : 'on your photos'}: try it on
        photos of people whom it should and should not know.
      </>
    );
  }
  return (
    <>
      {where}
      {operatingPoint && `, at ${operatingPoints[operatingPoint].label}`}: false accept rate{' '}
      {percent(rates.falseAccept, 2)}, false reject rate {percent(rates.falseReject, 2)}, measured on held-out
      people.
    </>
  );
}
