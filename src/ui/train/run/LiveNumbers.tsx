import { Progress } from '@mantine/core';
import { useStore } from 'zustand';
import type { BackendReport } from '../../../domain/backend.ts';
import { type Run, runStore, statusOf } from '../../../state/run/run-store.ts';
import { count, decimal, duration, percent, plural, rate } from '../../common/format.ts';
import { Stat } from '../../common/Stat.tsx';

function sentence(run: Run | null): string {
  if (!run) return 'No run yet. Choose a training mode and press Start.';
  switch (run.status) {
    case 'idle':
      return '';
    case 'preparing':
      return run.preparing
        ? `${run.preparing.what}: ${count(run.preparing.done)} of ${count(run.preparing.total)}`
        : 'Preparing …';
    case 'running':
    case 'paused':
      if (run.preparing) {
        return `${run.preparing.what}: ${count(run.preparing.done)} of ${count(run.preparing.total)}`;
      }
      return `Step ${count(run.latest?.step ?? 0)} of ${count(run.totalSteps)}`;
    case 'done':
    case 'stopped': {
      if (!run.report) return 'Stopped before training began.';
      const best = run.best?.epoch ?? 0;
      const kept =
        best === 0
          ? 'No epoch was better than the network before training, so that one is kept.'
          : `The best epoch, ${best}, is kept.`;
      return `${run.status === 'done' ? 'Finished' : 'Stopped'} after ${duration(run.report?.seconds.train)} of training. ${kept}`;
    }
    case 'failed':
      return run.best
        ? 'The run failed. Its model is lost; the curves stay.'
        : 'The run failed before the first epoch. The message in the corner says why.';
  }
}

function share(run: Run): number {
  if (run.status === 'preparing') {
    return run.preparing && run.preparing.total > 0 ? run.preparing.done / run.preparing.total : 0;
  }
  return run.totalSteps > 0 ? (run.latest?.step ?? 0) / run.totalSteps : 0;
}

/** The best estimate of accuracy there is: on validation photos, else on training photos, else of the last batch. */
function accuracyOf(run: Run | null): { value: number | null; note: string } {
  const last = run?.curve.at(-1);
  if (last?.heldOutAccuracy !== null && last?.heldOutAccuracy !== undefined) {
    return {
      value: last.heldOutAccuracy,
      note: `validation; training ${percent(last.trainAccuracy)}`,
    };
  }
  if (last?.trainAccuracy !== null && last?.trainAccuracy !== undefined) {
    return { value: last.trainAccuracy, note: 'training photos' };
  }
  return { value: run?.latest?.accuracy ?? null, note: run?.latest ? 'last batch' : 'correctly classified' };
}

/** Status and metrics of the run, with the baseline before training. */
export function LiveNumbers({ run }: { run: Run | null }) {
  const status = useStore(runStore, statusOf);
  const accuracy = accuracyOf(run);
  const best = run?.best?.verification;
  const baseline = run?.baseline?.verification;
  const active = status === 'preparing' || status === 'running' || status === 'paused';
  return (
    <section className="panel live" aria-label="Current run">
      <div className="live-head">
        <span className="status" data-testid="run-status" data-status={status}>
          {status}
        </span>
        {run?.pending && (
          <output className="quiet small" data-testid="run-pending">
            {run.pending} …
          </output>
        )}
        <p className="quiet small" aria-live={active ? 'off' : 'polite'}>
          {sentence(run)}
        </p>
      </div>
      {run && active && (
        <Progress.Root size="sm" transitionDuration={150}>
          <Progress.Section value={100 * share(run)} aria-label="Progress of the run" />
        </Progress.Root>
      )}
      <div className="stats">
        <Stat
          label="Loss"
          value={decimal(run?.latest?.loss)}
          testId="metric-loss"
          note={`learning rate ${rate(run?.latest?.learningRate)}`}
        />
        <Stat
          label="Accuracy"
          value={percent(accuracy.value)}
          testId="metric-accuracy"
          note={accuracy.note}
        />
        <Stat
          label="Verification accuracy"
          value={percent(best?.accuracy)}
          testId="metric-verification"
          note={
            best
              ? `best epoch, of ${plural(best.genuinePairs + best.impostorPairs, 'pair', 'pairs')}`
              : 'correct pairs, best epoch'
          }
        />
        <Stat
          label="Before training"
          value={percent(baseline?.accuracy)}
          testId="baseline-verification"
          note="verification accuracy"
        />
        <Stat
          label="Speed (photos/s)"
          value={run && run.imagesPerSecond > 0 ? count(run.imagesPerSecond) : '—'}
          testId="metric-images-per-second"
          note={
            run?.secondsLeft !== null && run?.secondsLeft !== undefined
              ? `${duration(run.secondsLeft)} left`
              : 'training speed'
          }
        />
        <Stat
          label="Backend"
          value={run?.backend?.name ?? '—'}
          testId="backend-name"
          note={run?.backend ? describeBackend(run.backend) : 'selected at the start'}
        />
      </div>
      {run?.backend && (
        <p className="quiet small live-why">
          {run.backend.why}
          {!run.backend.why.includes(run.backend.device) && ` (${run.backend.device})`}
        </p>
      )}
      {run && remarksOf(run).length > 0 && (
        <ul className="remarks">
          {remarksOf(run).map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function describeBackend({ name, threads }: BackendReport): string {
  switch (name) {
    case 'simd':
      return `CPU (WebAssembly SIMD, ${plural(threads, 'thread', 'threads')})`;
    case 'cpu':
      return 'CPU (JavaScript)';
    case 'webgpu':
      return 'GPU (WebGPU)';
    case 'webgl':
      return 'GPU (WebGL)';
  }
}

/** Those of the final report, or of the run so far. */
const remarksOf = (run: Run): readonly string[] => run.report?.remarks ?? run.rollbacks;
