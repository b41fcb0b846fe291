import { Button } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { Shuffle } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AugmentationPreview } from '../../../domain/augmentation-preview.ts';
import { CancelledError, toProblem } from '../../../lib/problem.ts';
import { dataStore } from '../../../state/data/data-store.ts';
import { customModelStore } from '../../../state/settings/custom-model-store.ts';
import {
  type PreviewFace,
  previewAugmentation,
  previewFaces,
} from '../../../state/settings/preview-actions.ts';
import { checkForm } from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';

/** The preview waits until the settings have not changed for this long. */
const SETTLE_MS = 150;

interface Shown {
  readonly preview: AugmentationPreview;
  readonly faces: readonly PreviewFace[];
}

/** A few faces, each with random augmentations of it; follows the settings while it is in the viewport. */
export function AugmentPreview() {
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const form = useStore(settingsStore, (state) => state.form);
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const customModel = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const checked = useMemo(() => checkForm(form, customModel), [form, customModel]);
  const config = checked.valid ? checked.config : null;
  const faces = useMemo(() => previewFaces(snapshot), [snapshot]);
  const [seed, setSeed] = useState(1);
  const [shown, setShown] = useState<Shown | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);

  useEffect(() => {
    if (!inViewport || config === null || faces.length === 0) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      previewAugmentation(config, faces, seed, abort.signal).then(
        (preview) => {
          if (abort.signal.aborted) return;
          setShown({ preview, faces });
          setWrong(null);
        },
        (thrown: unknown) => {
          if (abort.signal.aborted || thrown instanceof CancelledError) return;
          const { what, remedy } = toProblem(thrown);
          setWrong(`${what} ${remedy}`);
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [inViewport, config, faces, seed]);

  return (
    <div className="augment-preview" ref={ref} data-testid="augment-preview">
      <div className="augment-preview-head">
        <strong>Examples{shown && `, ${shown.preview.edge} × ${shown.preview.edge}`}</strong>
        <Button
          size="compact-xs"
          variant="default"
          data-testid="other-draws"
          leftSection={<Shuffle size={14} aria-hidden="true" />}
          disabled={faces.length === 0}
          onClick={() => setSeed((last) => last + 1)}
        >
          Draw again
        </Button>
      </div>
      {faces.length === 0 ? (
        <p className="setting-about">
          Once there are photos, a few of them are shown here with the augmentation below.
        </p>
      ) : (
        shown && <Grid {...shown} />
      )}
      {config === null && <p className="setting-about">Settings marked in red are not shown yet.</p>}
      {wrong !== null && <p className="setting-about wrong">{wrong}</p>}
    </div>
  );
}

function Grid({ preview, faces }: Shown) {
  return (
    <div className="augment-preview-grid">
      {preview.rows.flatMap(({ original, draws }, row) => {
        const { id, name } = faces[row] ?? { id: row, name: '' };
        return [
          <Picture key={id} image={original} alt={`${name}, original`} />,
          ...draws.map((draw, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: draws have no other identity than their place
            <Picture key={`${id} ${i}`} image={draw} alt={`${name}, variant ${i + 1} of ${draws.length}`} />
          )),
        ];
      })}
    </div>
  );
}

function Picture({ image, alt }: { image: Blob; alt: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(image);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image]);
  return url === null ? (
    <span className="thumb" />
  ) : (
    <img className="thumb" src={url} alt={alt} draggable={false} />
  );
}
