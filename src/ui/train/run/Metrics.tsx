import type { Run } from '../../../state/run/run-store.ts';
import { count, percent, plural, rate, significant } from '../../common/format.ts';
import { Stat } from '../../common/Stat.tsx';
import { describeBackend } from '../names.ts';

/** The best estimate of accuracy there is: on validation photos, else on training photos, else of the last batch. */
function accuracyOf(run: Run): { value: number | null; note: string } {
  const last = run.curve.at(-1);
  if (last?.heldOutAccuracy !== null && last?.heldOutAccuracy !== undefined) {
    return { value: last.heldOutAccuracy, note: `validation; training ${percent(last.trainAccuracy)}` };
  }
  if (last?.trainAccuracy !== null && last?.trainAccuracy !== undefined) {
    return { value: last.trainAccuracy, note: 'training photos' };
  }
  return { value: run.latest?.accuracy ?? null, note: run.latest ? 'last batch' : 'correctly classified' };
}

/** The figures of a run, with those before training. */
export function Metrics({ run }: { run: Run }) {
  const accuracy = accuracyOf(run);
  const best = run.best?.verification;
  const baseline = run.baseline?.verification;
  return (
    <section className="panel metrics" aria-label="Figures of the run">
      <div className="stats">
        <Stat
          label="Verification accuracy"
          value={percent(best?.accuracy)}
          testId="metric-verification"
          note={
            best
              ? `best epoch, ${plural(best.genuinePairs + best.impostorPairs, 'pair', 'pairs')}`
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
          label="Accuracy"
          value={percent(accuracy.value)}
          testId="metric-accuracy"
          note={accuracy.note}
        />
        <Stat
          label="Loss"
          value={significant(run.latest?.loss)}
          testId="metric-loss"
          note={`learning rate ${rate(run.latest?.learningRate)}`}
        />
        <Stat
          label="Speed (photos/s)"
          value={run.imagesPerSecond > 0 ? count(run.imagesPerSecond) : '—'}
          testId="metric-images-per-second"
          note="training, without evaluation"
        />
        <Stat
          label="Backend"
          value={run.backend?.name ?? '—'}
          testId="backend-name"
          note={run.backend ? describeBackend(run.backend) : 'is being chosen'}
        />
      </div>
    </section>
  );
}
