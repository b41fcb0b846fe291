import { Select } from '@mantine/core';
import { useStore } from 'zustand';
import { OPERATING_POINTS, operatingPoints } from '../../domain/operating-point.ts';
import {
  chooseOperatingPoint,
  operatingPointStore,
  usableOperatingPoint,
} from '../../state/run/export/export-store.ts';
import { runStore } from '../../state/run/run-store.ts';
import { count, decimal, percent } from '../common/format.ts';

/** Chooses how the threshold in the file is set, and says what it then does. */
export function OperatingPoint() {
  const run = useStore(runStore, ({ current }) => current);
  const chosen = useStore(operatingPointStore, ({ name }) => name);
  const verification = run?.report?.best.verification;
  if (!verification) return null;
  const name = usableOperatingPoint(chosen, run);
  const point = verification.operatingPoints.find((one) => one.name === name);
  const data = OPERATING_POINTS.map((value) => {
    const { label, impostorPairs } = operatingPoints[value];
    const disabled = !verification.operatingPoints.some((one) => one.name === value);
    const needs = `: needs ${count(impostorPairs)} impostor pairs, there are ${count(verification.impostorPairs)}`;
    return { value, label: disabled ? label + needs : label, disabled };
  });
  return (
    <div className="operating-point">
      <Select
        label="Threshold at"
        description={operatingPoints[name].about}
        data-testid="operating-point"
        data={data}
        value={name}
        allowDeselect={false}
        onChange={(value) => {
          const picked = OPERATING_POINTS.find((one) => one === value);
          if (picked) chooseOperatingPoint(picked);
        }}
      />
      {point && (
        <p className="quiet small" data-testid="operating-point-rates">
          Cosine {decimal(point.threshold)}: false accept rate {percent(point.far, 2)}, false reject rate{' '}
          {percent(point.frr, 2)} (cross-validated)
        </p>
      )}
    </div>
  );
}
