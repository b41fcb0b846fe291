import { lazy, Suspense } from 'react';
import type { VerificationReport } from '../../../domain/verification.ts';
import type { Run } from '../../../state/run/run-store.ts';
import { angleOfCosine, count, decimal, percent } from '../../common/format.ts';
import { Panel } from '../../common/Panel.tsx';

const RocChart = lazy(() =>
  import('../../charts/roc.tsx').then(({ RocChart: chart }) => ({ default: chart })),
);

interface Line {
  readonly name: string;
  readonly about: string;
  readonly of: (report: VerificationReport) => string;
}

const tar =
  (far: keyof VerificationReport['tarAtFar']) =>
  ({ tarAtFar }: VerificationReport): string =>
    tarAtFar[far] === null ? 'too few pairs' : percent(tarAtFar[far]);

const LINES: readonly Line[] = [
  {
    name: 'Pairs told right',
    about: 'the threshold chosen on other pairs',
    of: ({ accuracy }) => percent(accuracy),
  },
  { name: 'AUC', about: 'area under the curve', of: ({ auc }) => decimal(auc, 4) },
  {
    name: 'Equal error rate',
    about: 'as many strangers let in as the right ones refused',
    of: ({ eer }) => percent(eer),
  },
  { name: 'Accepted at 1 in 10', about: 'TAR at FAR 1e-1', of: tar('1e-1') },
  { name: 'Accepted at 1 in 100', about: 'TAR at FAR 1e-2', of: tar('1e-2') },
  { name: 'Accepted at 1 in 1000', about: 'TAR at FAR 1e-3', of: tar('1e-3') },
  {
    name: 'Threshold',
    about: 'cosine; as an angle',
    of: ({ threshold }) => `${decimal(threshold)}; ${angleOfCosine(threshold).toFixed(1)}°`,
  },
  { name: 'Strangers let in there', about: 'FAR at the threshold', of: ({ far }) => percent(far, 2) },
  { name: 'Right ones refused there', about: 'FRR at the threshold', of: ({ frr }) => percent(frr, 2) },
];

function Table({
  baseline,
  best,
  epoch,
}: {
  baseline: VerificationReport;
  best: VerificationReport;
  epoch: number;
}) {
  return (
    <table className="numbers">
      <caption className="visually-hidden">Verification of people kept out of training</caption>
      <thead>
        <tr>
          <th scope="col">Measure</th>
          <th scope="col">Untrained</th>
          <th scope="col">{epoch === 0 ? 'Best: untrained' : `Best: epoch ${epoch}`}</th>
        </tr>
      </thead>
      <tbody>
        {LINES.map(({ name, about, of }) => (
          <tr key={name}>
            <th scope="row">
              {name} <span className="about">{about}</span>
            </th>
            <td>{of(baseline)}</td>
            <td>{of(best)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How well people are told apart who were kept out of training; always next to the untrained network. */
export function VerificationPanel({ run }: { run: Run | null }) {
  const baseline = run?.baseline?.verification;
  const best = run?.best?.verification;
  return (
    <Panel title="People it has never seen" className="verification">
      {baseline && best ? (
        <div className="verification-body">
          <Suspense fallback={<div className="chart-box" />}>
            <RocChart baseline={baseline} best={best} />
          </Suspense>
          <div>
            <Table baseline={baseline} best={best} epoch={run?.best?.epoch ?? 0} />
            <p className="quiet small">
              {count(best.genuinePairs)} pairs of one person, {count(best.impostorPairs)} of two. Below the
              threshold, two photos count as two people.
            </p>
          </div>
        </div>
      ) : (
        <div className="nothing">
          {run?.split
            ? run.split.notMeasured.map((text) => <p key={text}>{text}</p>)
            : 'With 8 people or more, a fifth of them is kept out of training. Here stands how well they are told apart, before and after.'}
        </div>
      )}
    </Panel>
  );
}
