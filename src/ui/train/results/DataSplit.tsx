import type { Run } from '../../../state/run/run-store.ts';
import { count, plural } from '../../common/format.ts';
import { Panel } from '../../common/Panel.tsx';

const MOST_NAMES = 12;

/** How the photos were split, and what could not be measured; without held-out people, VerificationPanel says why. */
export function DataSplit({ run }: { run: Run }) {
  const { split, scale } = run;
  if (!split) return null;
  const heldOut = split.verificationPeople;
  return (
    <Panel title="Training, validation and held-out data">
      <div className="words">
        <p>
          Training: {plural(split.trainPhotos, 'photo', 'photos')} of{' '}
          {plural(split.trainPeople, 'person', 'people')}
          {split.heldOutPhotos > 0 && `; validation: ${count(split.heldOutPhotos)} other photos of them`}.
        </p>
        {heldOut.length > 0 && (
          <p>
            Held-out people, {plural(split.verificationPhotos, 'photo', 'photos')}:{' '}
            {heldOut.slice(0, MOST_NAMES).join(', ')}
            {heldOut.length > MOST_NAMES && ` and ${count(heldOut.length - MOST_NAMES)} more`}. They are not
            classes of the model.
          </p>
        )}
        {scale && <p>{scale.why}</p>}
        {heldOut.length > 0 && split.notMeasured.map((text) => <p key={text}>{text}</p>)}
      </div>
    </Panel>
  );
}
