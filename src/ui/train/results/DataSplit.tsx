import type { Run } from '../../../state/run/run-store.ts';
import { count, plural } from '../../common/format.ts';
import { Panel } from '../../common/Panel.tsx';

const MOST_NAMES = 12;

/** How the photos were divided, in words, and what of them could not be measured; where nobody was kept apart, the box for those says why. */
export function DataSplit({ run }: { run: Run }) {
  const { split, scale } = run;
  if (!split) return null;
  const strangers = split.verificationPeople;
  return (
    <Panel title="What was learned from, what was kept apart">
      <div className="words">
        <p>
          Trained on {plural(split.trainPhotos, 'photo', 'photos')} of{' '}
          {plural(split.trainPeople, 'person', 'people')}
          {split.heldOutPhotos > 0 && `, checked on ${count(split.heldOutPhotos)} other photos of them`}.
        </p>
        {strangers.length > 0 && (
          <p>
            Kept out altogether, {plural(split.verificationPhotos, 'photo', 'photos')}:{' '}
            {strangers.slice(0, MOST_NAMES).join(', ')}
            {strangers.length > MOST_NAMES && ` and ${count(strangers.length - MOST_NAMES)} more`}. They are
            not among the people of the model.
          </p>
        )}
        {scale && <p>{scale.why}</p>}
        {strangers.length > 0 && split.notMeasured.map((text) => <p key={text}>{text}</p>)}
      </div>
    </Panel>
  );
}
