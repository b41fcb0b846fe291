import { ImagePlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { unreachable } from '../../lib/unreachable.ts';
import type { PairThresholds } from '../../protocol/recognise.ts';
import {
  type CompareState,
  certainty,
  choosePhoto,
  compareAgain,
  compareStore,
  verdict,
} from '../../state/use/compare-store.ts';
import { recogniserStore } from '../../state/use/recogniser-store.ts';
import { FileButton } from '../common/FileButton.tsx';
import { PHOTO_TYPES } from '../common/photos/PhotoInputs.tsx';
import { useObjectUrl } from './useObjectUrl.ts';

const LABELS = ['First photo', 'Second photo'] as const;

function Photo({ which, file }: { which: 0 | 1; file: File | null }) {
  const url = useObjectUrl(file);
  const [broken, setBroken] = useState<File | null>(null);
  return (
    <div className="use-side-photo">
      <div className="use-frame">
        {url && file && broken !== file ? (
          <img src={url} alt={`${LABELS[which]}: ${file.name}`} onError={() => setBroken(file)} />
        ) : (
          <p className="quiet small">{file ? file.name : 'No photo yet'}</p>
        )}
      </div>
      <FileButton
        label={LABELS[which]}
        icon={ImagePlus}
        accept={PHOTO_TYPES}
        multiple={false}
        testId={which === 0 ? 'use-compare-first' : 'use-compare-second'}
        onFiles={([chosen]) => {
          if (chosen) void choosePhoto(which, chosen);
        }}
      />
    </div>
  );
}

function sentence({ photos, result }: CompareState, pairs: PairThresholds | undefined): string {
  switch (result.kind) {
    case 'none':
      return photos[0] && photos[1]
        ? 'The photos were not compared. Choose one of them again.'
        : 'Choose two photos. The largest faces in them are compared.';
    case 'comparing':
      return 'Comparing …';
    case 'done':
      return pairs ? verdict(result.cosine, pairs.threshold) : 'The model is closed. Choose a photo again.';
    case 'failed':
      return `${result.problem.what} ${result.problem.remedy}`;
    default:
      return unreachable(result);
  }
}

/** Whether two photos show the same person. */
export function Compare() {
  const state = useStore(compareStore);
  const open = useStore(recogniserStore, (store) => store.open);
  const pairs = open?.model.pairs;
  const { result } = state;
  const outdated = open !== null && result.kind === 'done' && result.by !== open;
  useEffect(() => {
    if (outdated) void compareAgain();
  }, [outdated]);
  return (
    <div className="use-compare">
      <div className="use-pair">
        <Photo which={0} file={state.photos[0]} />
        <Photo which={1} file={state.photos[1]} />
      </div>
      <p
        className="use-verdict"
        data-testid="use-compare-result"
        data-kind={state.result.kind}
        aria-live="polite"
      >
        {sentence(state, pairs)}
      </p>
      <p className="quiet small">
        {result.kind === 'done' && pairs && (
          <span data-testid="use-compare-certainty">{certainty(result.cosine, pairs.points)} </span>
        )}
        Nobody needs to be known for this. It is no proof of identity.
      </p>
    </div>
  );
}
