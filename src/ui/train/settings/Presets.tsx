import { useStore } from 'zustand';
import type { PresetName } from '../../../config/training-config.ts';
import { choosePreset } from '../../../state/settings/settings-actions.ts';
import { presetOf } from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';
import { useBusy } from '../useObstacle.ts';

const CARDS = [
  {
    preset: 'quick',
    text: 'Pretrained network, frozen up to its embedding layer, which is trained. Seconds. Recommended.',
  },
  {
    preset: 'finetune',
    text: 'Pretrained network, its last blocks or all layers trained. Minutes. For unusual photos: blurred, grey, infrared.',
  },
  {
    preset: 'scratch',
    text: 'Any network with random weights. Slow; for study, or for images that are not photographs.',
  },
] as const;

export const PRESET_NAMES: Readonly<Record<PresetName, string>> = {
  quick: 'Quick',
  finetune: 'Fine-tune',
  scratch: 'From scratch',
};

/** The three presets. */
export function Presets() {
  const chosen = useStore(settingsStore, ({ form }) => presetOf(form));
  const busy = useBusy();
  return (
    <fieldset className="presets">
      <legend>Training mode</legend>
      {CARDS.map(({ preset, text }) => (
        <button
          key={preset}
          type="button"
          className="preset"
          data-testid={`preset-${preset}`}
          aria-pressed={chosen === preset}
          disabled={busy}
          onClick={() => choosePreset(preset)}
        >
          <strong>{PRESET_NAMES[preset]}</strong>
          <span>{text}</span>
        </button>
      ))}
    </fieldset>
  );
}
