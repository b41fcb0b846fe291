import { useStore } from 'zustand';
import type { PresetName } from '../../../config/training-config.ts';
import { choosePreset } from '../../../state/run/run-actions.ts';
import { runStore } from '../../../state/run/run-store.ts';
import { presetOf } from '../../../state/settings/settings-form.ts';
import { useBusy } from '../run/useObstacle.ts';

const CARDS = [
  {
    preset: 'quick',
    text: 'A network that already knows faces, fitted to your people. Seconds. Right for most.',
  },
  {
    preset: 'finetune',
    text: 'The same network, all of it trained. Minutes. For pictures unlike those it knows: blurred, grey, infrared.',
  },
  {
    preset: 'scratch',
    text: 'A network that starts knowing nothing. Slow; for study, or for pictures unlike photographs.',
  },
] as const;

export const PRESET_NAMES: Readonly<Record<PresetName, string>> = {
  quick: 'Quick',
  finetune: 'Fine-tune',
  scratch: 'From scratch',
};

/** The recipes, in the words of a person who wants something done. */
export function Presets() {
  const chosen = useStore(runStore, ({ form: draft }) => presetOf(draft));
  const busy = useBusy();
  return (
    <fieldset className="presets">
      <legend>Recipe</legend>
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
