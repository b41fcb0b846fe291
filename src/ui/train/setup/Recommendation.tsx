import { Button } from '@mantine/core';
import { Check } from 'lucide-react';
import { useStore } from 'zustand';
import { settings } from '../../../config/settings/index.ts';
import { isFollowed } from '../../../state/run/recommendation.ts';
import { applyRecommendation } from '../../../state/run/run-actions.ts';
import { showValue } from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';
import { PRESET_NAMES } from '../names.ts';
import { useBusy } from '../useObstacle.ts';
import { useRecommendation } from '../useRecommendation.ts';

/** The recommended settings for these people and photos, and why; one click writes them into the form. */
export function RecommendationPanel() {
  const form = useStore(settingsStore, (state) => state.form);
  const busy = useBusy();
  const recommendation = useRecommendation();
  if (!recommendation) return null;
  const { preset, why, changes, limits } = recommendation;
  return (
    <section className="suggestion" aria-label="Recommended for your data" data-testid="suggestion">
      <p>
        <strong>Recommended for your data: {PRESET_NAMES[preset]}.</strong> {why}
      </p>
      {changes.length > 0 && (
        <ul>
          {changes.map(({ path, value, why: reason }) => (
            <li key={path}>
              {settings.find((setting) => setting.path === path)?.label ?? path} {showValue(value)}: {reason}.
            </li>
          ))}
        </ul>
      )}
      {limits.map((text) => (
        <p key={text} className="quiet">
          {text}
        </p>
      ))}
      {isFollowed(form, recommendation) ? (
        <p className="suggestion-set" data-testid="suggestion-set">
          <Check size={14} aria-hidden="true" /> Recommended settings in use
        </p>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          data-testid="take-suggestion"
          onClick={() => applyRecommendation(recommendation)}
        >
          Use recommended settings
        </Button>
      )}
    </section>
  );
}
