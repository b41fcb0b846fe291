import type { Run } from '../../../state/run/run-store.ts';
import { count, plural } from '../../common/format.ts';
import { describeBackend } from '../names.ts';

const MOST_NAMES = 12;

/** Backend, split, scale and remarks of a run. */
export function Details({ run }: { run: Run }) {
  const { backend, split, scale } = run;
  const remarks = run.report?.remarks ?? run.rollbacks;
  const heldOut = split?.verificationPeople ?? [];
  return (
    <details className="panel details" data-testid="run-details">
      <summary>Details</summary>
      <dl>
        {backend && (
          <div>
            <dt>Backend</dt>
            <dd>
              {describeBackend(backend)}. {backend.why}
              {!backend.why.includes(backend.device) && ` (${backend.device})`}
            </dd>
          </div>
        )}
        {split && (
          <div>
            <dt>Training, validation and held-out data</dt>
            <dd>
              <p>
                Training: {plural(split.trainPhotos, 'photo', 'photos')} of{' '}
                {plural(split.trainPeople, 'person', 'people')}
                {split.heldOutPhotos > 0 &&
                  `; validation: ${count(split.heldOutPhotos)} other photos of them`}
                .
              </p>
              {heldOut.length > 0 && (
                <p>
                  Held-out people, {plural(split.verificationPhotos, 'photo', 'photos')}:{' '}
                  {heldOut.slice(0, MOST_NAMES).join(', ')}
                  {heldOut.length > MOST_NAMES && ` and ${count(heldOut.length - MOST_NAMES)} more`}. They are
                  not classes of the model.
                </p>
              )}
              {split.notMeasured.map((text) => (
                <p key={text}>{text}</p>
              ))}
            </dd>
          </div>
        )}
        {scale && (
          <div>
            <dt>Scale</dt>
            <dd>{scale.why}</dd>
          </div>
        )}
        {remarks.length > 0 && (
          <div>
            <dt>Remarks</dt>
            <dd>
              {remarks.map((remark) => (
                <p key={remark}>{remark}</p>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </details>
  );
}
