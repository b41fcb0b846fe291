import { Button, Checkbox } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../../state/data/data-store.ts';
import type { DataSnapshot } from '../../../state/data/people.ts';
import { differences, networkOf } from '../../../state/run/compare.ts';
import { deleteRun, reuseSettings } from '../../../state/run/run-actions.ts';
import { dataRelation, describeData } from '../../../state/run/run-data.ts';
import { isActive, type Run, runStore, statusOf } from '../../../state/run/run-store.ts';
import { phasesOf } from '../../../state/run/timing.ts';
import { CompareCharts, InTurn } from '../../charts/lazy.tsx';
import { decimal, duration, percent } from '../../common/format.ts';
import { Panel } from '../../common/Panel.tsx';
import { PRESET_NAMES, STATUS_NAMES } from '../names.ts';

const RESULTS: readonly { readonly name: string; readonly of: (run: Run) => string }[] = [
  { name: 'Status', of: ({ status }) => STATUS_NAMES[status] },
  {
    name: 'Best epoch',
    of: ({ best }) => (best ? (best.epoch === 0 ? 'before training' : String(best.epoch)) : '—'),
  },
  { name: 'Validation accuracy', of: ({ best }) => percent(best?.heldOutAccuracy) },
  { name: 'Verification accuracy', of: ({ best }) => percent(best?.verification?.accuracy) },
  { name: 'Before training', of: ({ baseline }) => percent(baseline?.verification?.accuracy) },
  { name: 'Verification AUC', of: ({ best }) => decimal(best?.verification?.auc, 4) },
  { name: 'Equal error rate', of: ({ best }) => percent(best?.verification?.eer) },
  { name: 'Speed (photos/s)', of: ({ imagesPerSecond }) => imagesPerSecond.toFixed(0) },
  { name: 'Start to result', of: (run) => duration(phasesOf(run, 0).total) },
  { name: 'of that, training', of: ({ report }) => duration(report?.seconds.train) },
];

function Side({ runs }: { runs: readonly Run[] }) {
  const changed = differences(runs);
  return (
    <div className="scroll-x">
      <table className="numbers">
        <caption className="visually-hidden">Runs side by side</caption>
        <thead>
          <tr>
            <th scope="col">{changed.length === 0 ? 'Same settings' : 'Different settings'}</th>
            {runs.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changed.map(({ path, label, values }) => (
            <tr key={path}>
              <th scope="row">{label}</th>
              {values.map((value, index) => (
                <td key={runs[index]?.id ?? index}>
                  {path === 'preset' && runs[index] ? PRESET_NAMES[runs[index].config.preset] : value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <thead>
          <tr>
            <th scope="col">Results</th>
            {runs.map(({ id, name }) => (
              <th key={id} scope="col">
                <span className="visually-hidden">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {RESULTS.map(({ name, of }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {runs.map((run) => (
                <td key={run.id}>{of(run)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The data of a run, marked where they are not those that are loaded now. */
const DataOf = memo(function DataOf({ run, snapshot }: { run: Run; snapshot: DataSnapshot }) {
  const marks = { same: null, changed: 'changed since', other: 'no longer loaded' } as const;
  const mark = marks[dataRelation(run.data, snapshot)];
  return (
    <>
      {describeData(run.data)}
      {mark && <strong className="data-mark"> {mark}</strong>}
    </>
  );
});

/** Runs side by side: their curves in the same charts, different settings, results. */
export function Compare() {
  const earlier = useStore(runStore, (state) => state.earlier);
  // An active run would change ten times a second.
  const current = useStore(runStore, (state) => (isActive(statusOf(state)) ? null : state.current));
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const all = useMemo(() => (current ? [...earlier, current] : earlier), [earlier, current]);
  const chosen = useMemo(() => all.filter(({ id }) => !left.has(id)).slice(-4), [all, left]);
  if (earlier.length === 0) return null;
  const toggle = (id: number): void =>
    setLeft((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Panel title="Compare runs" className="compare">
      <ul className="runs">
        {all.map((run) => (
          <li key={run.id}>
            <Checkbox
              size="xs"
              label={`${run.name}: ${PRESET_NAMES[run.config.preset]}, ${networkOf(run)}, ${run.config.epochs} epochs`}
              description={<DataOf run={run} snapshot={snapshot} />}
              checked={chosen.includes(run)}
              onChange={() => toggle(run.id)}
            />
            <Button size="compact-xs" variant="subtle" onClick={() => reuseSettings(run.id)}>
              Reuse settings
            </Button>
            {run !== current && (
              <Button size="compact-xs" variant="subtle" onClick={() => deleteRun(run.id)}>
                Delete
              </Button>
            )}
          </li>
        ))}
      </ul>
      {chosen.length < 2 ? (
        <p className="nothing">Select two runs to see them side by side.</p>
      ) : (
        <>
          <InTurn>
            <CompareCharts runs={chosen} />
          </InTurn>
          <Side runs={chosen} />
        </>
      )}
    </Panel>
  );
}
