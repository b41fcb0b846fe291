import { useStore } from 'zustand';
import type { PresetName } from '../../../config/training-config.ts';
import { dataStore } from '../../../state/data/data-store.ts';
import { choosePreset } from '../../../state/settings/settings-actions.ts';
import { presetOf } from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';
import { PRESET_NAMES, roughly } from '../names.ts';
import { useBusy } from '../useObstacle.ts';
import { useRecommendation } from '../useRecommendation.ts';
import { useEstimate } from './useEstimate.ts';

const CARDS: readonly { readonly preset: PresetName; readonly text: string }[] = [
  { preset: 'quick', text: 'Adapts the last layer of a pretrained network to your photos.' },
  {
    preset: 'finetune',
    text: 'Trains all of a pretrained network. Pays off for unusual photos: blurred, grey, infrared.',
  },
  {
    preset: 'scratch',
    text: 'Trains a network from random weights. For study, or with very many photos.',
  },
];

/** The three training modes: what each does, and how long it takes here. */
export function ModeCards() {
  const chosen = useStore(settingsStore, ({ form }) => presetOf(form));
  const recommended = useRecommendation()?.preset ?? null;
  return (
    <fieldset className="modes">
      <legend>Training mode</legend>
      {CARDS.map(({ preset, text }) => (
        <Card
          key={preset}
          preset={preset}
          text={text}
          chosen={chosen === preset}
          recommended={recommended === preset}
        />
      ))}
    </fieldset>
  );
}

function Card(props: {
  readonly preset: PresetName;
  readonly text: string;
  readonly chosen: boolean;
  readonly recommended: boolean;
}) {
  const { preset, text, chosen, recommended } = props;
  const busy = useBusy();
  return (
    <button
      type="button"
      className="mode"
      data-testid={`preset-${preset}`}
      aria-pressed={chosen}
      disabled={busy}
      onClick={() => choosePreset(preset)}
    >
      <span className="mode-head">
        <span className="mode-dot" aria-hidden="true" />
        <strong>{PRESET_NAMES[preset]}</strong>
        {recommended && <span className="mode-badge">Recommended</span>}
      </span>
      <span className="mode-text">{text}</span>
      <Time preset={preset} />
    </button>
  );
}

function Time({ preset }: { preset: PresetName }) {
  const estimate = useEstimate(preset);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  return (
    <span className="mode-time" data-testid={`estimate-${preset}`}>
      {estimate ? (
        <>
          <strong>{roughly(estimate.seconds)}</strong>{' '}
          {estimate.measured ? 'by earlier runs on this device' : 'for these photos (estimate)'}
        </>
      ) : people < 2 ? (
        'Add photos to see how long it takes.'
      ) : (
        'How long it takes depends on the model.'
      )}
    </span>
  );
}
