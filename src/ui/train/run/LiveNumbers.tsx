import { Progress } from '@mantine/core';
import { useStore } from 'zustand';
import { type Run, runStore, statusOf } from '../../../state/run/run-store.ts';
import { count, decimal, duration, percent, plural, rate } from '../../common/format.ts';
import { Stat } from '../../common/Stat.tsx';

function sentence(run: Run | null): string {
  if (!run) return 'No run yet. Choose a recipe and press Start.';
  switch (run.status) {
    case 'idle':
      return '';
    case 'preparing':
      return run.preparing
        ? `${run.preparing.what}: ${count(run.preparing.done)} of ${count(run.preparing.total)}`
        : 'Getting ready …';
    case 'running':
    case 'paused':
      return `Step ${count(run.latest?.step ?? 0)} of ${count(run.totalSteps)}`;
    case 'done':
    case 'stopped': {
      const best = run.best?.epoch ?? 0;
      const kept =
        best === 0
          ? 'No epoch was better than the untrained network, so that is what is kept.'
          : `Epoch ${best} was the best and is kept.`;
      return `${run.status === 'done' ? 'Finished' : 'Stopped'} after ${duration(run.report?.seconds.train)} of training. ${kept}`;
    }
    case 'failed':
      return run.best
        ? 'The run broke off. What it had learned until then is lost; the curves stay.'
        : 'The run could not be carried out. The message in the corner says why.';
  }
}

function share(run: Run): number {
  if (run.status === 'preparing') {
    return run.preparing && run.preparing.total > 0 ? run.preparing.done / run.preparing.total : 0;
  }
  return run.totalSteps > 0 ? (run.latest?.step ?? 0) / run.totalSteps : 0;
}

/** Accuracy as it is known best: on held-out photos, else on the photos trained on, else of the last batch. */
function accuracyOf(run: Run | null): { value: number | null; note: string } {
  const last = run?.curve.at(-1);
  if (last?.heldOutAccuracy !== null && last?.heldOutAccuracy !== undefined) {
    return {
      value: last.heldOutAccuracy,
      note: `held out; trained on ${percent(last.trainAccuracy)}`,
    };
  }
  if (last?.trainAccuracy !== null && last?.trainAccuracy !== undefined) {
    return { value: last.trainAccuracy, note: 'photos trained on' };
  }
  return { value: run?.latest?.accuracy ?? null, note: run?.latest ? 'last batch' : 'photos told right' };
}

/** Where the run is, in numbers; each next to the untrained baseline where there is one. */
export function LiveNumbers({ run }: { run: Run | null }) {
  const status = useStore(runStore, statusOf);
  const accuracy = accuracyOf(run);
  const best = run?.best?.verification;
  const baseline = run?.baseline?.verification;
  const active = status === 'preparing' || status === 'running' || status === 'paused';
  return (
    <section className="panel live" aria-label="The run">
      <div className="live-head">
        <span className="status" data-testid="run-status" data-status={status}>
          {status}
        </span>
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
          label="Strangers, best epoch"
          value={percent(best?.accuracy)}
          testId="metric-verification"
          note={
            best
              ? `${plural(best.genuinePairs + best.impostorPairs, 'pair', 'pairs')} told right`
              : 'pairs told right'
          }
        />
        <Stat
          label="Strangers, untrained"
          value={percent(baseline?.accuracy)}
          testId="baseline-verification"
          note="the baseline"
        />
        <Stat
          label="Photos a second"
          value={run && run.imagesPerSecond > 0 ? count(run.imagesPerSecond) : '—'}
          testId="metric-images-per-second"
          note={
            run?.secondsLeft !== null && run?.secondsLeft !== undefined
              ? `${duration(run.secondsLeft)} left`
              : 'training speed'
          }
        />
        <Stat
          label="Computed by"
          value={run?.backend?.name ?? '—'}
          testId="backend-name"
          note={run?.backend ? plural(run.backend.threads, 'thread', 'threads') : 'chosen at the start'}
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

/** The trainer's last word, or what it has told so far. */
const remarksOf = (run: Run): readonly string[] => run.report?.remarks ?? run.rollbacks;
