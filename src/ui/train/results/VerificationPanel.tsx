import { PEOPLE_TO_HOLD_OUT } from '../../../config/judging.ts';
import { angleOfCosine } from '../../../domain/angle.ts';
import type { VerificationReport } from '../../../domain/verification.ts';
import type { Run } from '../../../state/run/run-store.ts';
import { InTurn, RocChart } from '../../charts/lazy.tsx';
import { count, decimal, percent } from '../../common/format.ts';
import { Panel } from '../../common/Panel.tsx';

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
    name: 'Accuracy',
    about: 'correct pairs, cross-validated threshold',
    of: ({ accuracy }) => percent(accuracy),
  },
  { name: 'AUC', about: 'area under the ROC curve', of: ({ auc }) => decimal(auc, 4) },
  {
    name: 'Equal error rate',
    about: 'where false accepts equal false rejects',
    of: ({ eer }) => percent(eer),
  },
  {
    name: 'TAR at FAR 10 %',
    about: 'true accept rate at 1 false accept in 10',
    of: tar('1e-1'),
  },
  { name: 'TAR at FAR 1 %', about: 'at 1 in 100', of: tar('1e-2') },
  { name: 'TAR at FAR 0.1 %', about: 'at 1 in 1000', of: tar('1e-3') },
  {
    name: 'Threshold',
    about: 'at equal error rate: cosine similarity; as an angle',
    of: ({ threshold }) => `${decimal(threshold)}; ${angleOfCosine(threshold).toFixed(1)}°`,
  },
  {
    name: 'False accept rate',
    about: 'FAR at the threshold, cross-validated',
    of: ({ far }) => percent(far, 2),
  },
  {
    name: 'False reject rate',
    about: 'FRR at the threshold, cross-validated',
    of: ({ frr }) => percent(frr, 2),
  },
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
      <caption className="visually-hidden">Verification on held-out people</caption>
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Before training</th>
          <th scope="col">{epoch === 0 ? 'Best (before training)' : `Best epoch (${epoch})`}</th>
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

/** Whether there will be held-out people; before the split is known, as the settings and the number of people say. */
const expectsVerification = ({ split, data, config }: Run): boolean =>
  split
    ? split.verificationPeople.length > 0
    : data.people >= PEOPLE_TO_HOLD_OUT && config.heldOut.peopleFraction > 0;

/** Verification on people held out of training; always next to the network before training. */
export function VerificationPanel({ run }: { run: Run }) {
  const baseline = run.baseline?.verification;
  const best = run.best?.verification;
  if (!expectsVerification(run)) {
    return (
      <Panel title="Verification on held-out people" className="verification">
        <div className="nothing">
          {(run.split?.notMeasured ?? []).map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      </Panel>
    );
  }
  return (
    <Panel title="Verification on held-out people" className="verification">
      <div className="verification-body">
        {baseline && best ? (
          <>
            <InTurn>
              <RocChart baseline={baseline} best={best} />
            </InTurn>
            <div>
              <Table baseline={baseline} best={best} epoch={run.best?.epoch ?? 0} />
              <p className="quiet small">
                {count(best.genuinePairs)} genuine pairs (same person), {count(best.impostorPairs)} impostor
                pairs (two people). Pairs below the threshold are rejected as two people.
              </p>
            </div>
          </>
        ) : (
          <p className="nothing">
            Some people are held out of training. The network is tested on them before and after.
          </p>
        )}
      </div>
    </Panel>
  );
}
