import { useStore } from 'zustand';
import { presetOf } from '../../state/draft.ts';
import { choosePreset } from '../../state/run-actions.ts';
import { isActive, runStore, statusOf } from '../../state/run-store.ts';

const CARDS = [
  {
    preset: 'quick',
    name: 'Quick',
    text: 'A network that already knows faces, fitted to your people. Seconds. Right for most.',
  },
  {
    preset: null,
    name: 'Fine-tune',
    text: 'The same network, more of it trained. Comes later: it is not part of this version.',
  },
  {
    preset: 'scratch',
    name: 'From scratch',
    text: 'A network that starts knowing nothing. Slow; for study, or for pictures unlike photographs.',
  },
] as const;

/** The recipes, in the words of a person who wants something done. */
export function Presets() {
  const chosen = useStore(runStore, ({ draft }) => presetOf(draft));
  const busy = useStore(runStore, (state) => isActive(statusOf(state)));
  return (
    <fieldset className="presets">
      <legend>Recipe</legend>
      {CARDS.map(({ preset, name, text }) => (
        <button
          key={name}
          type="button"
          className="preset"
          data-testid={`preset-${preset ?? 'finetune'}`}
          aria-pressed={chosen === preset}
          disabled={preset === null || busy}
          onClick={() => preset && choosePreset(preset)}
        >
          <strong>{name}</strong>
          <span>{text}</span>
        </button>
      ))}
    </fieldset>
  );
}
