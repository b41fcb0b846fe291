import { Button } from '@mantine/core';
import { Check } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { settings } from '../../../config/settings/index.ts';
import { dataStore } from '../../../state/data/data-store.ts';
import { showValue } from '../../../state/run/compare.ts';
import { isFollowed, pastResultsOf, recommend } from '../../../state/run/recommendation.ts';
import { applyRecommendation } from '../../../state/run/run-actions.ts';
import { isActive, runStore, statusOf } from '../../../state/run/run-store.ts';
import { useBusy } from '../run/useObstacle.ts';
import { PRESET_NAMES } from './Presets.tsx';

/** What to choose for the people and photos that are there, and why; one click puts it into the fields. */
export function RecommendationPanel() {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const takingIn = useStore(dataStore, ({ intake }) => intake.status === 'running');
  const draft = useStore(runStore, (state) => state.form);
  // News of a run that is going on teach nothing yet, and come ten times a second.
  const ended = useStore(runStore, (state) => (isActive(statusOf(state)) ? null : state.current));
  const earlier = useStore(runStore, (state) => state.earlier);
  const busy = useStore(runStore, (state) => isActive(statusOf(state)));
  const locked = useBusy();
  const lessons = useMemo(
    () => pastResultsOf(ended ? [...earlier, ended] : earlier, snapshot),
    [ended, earlier, snapshot],
  );
  const advice = useMemo(
    () => (takingIn ? null : recommend(snapshot, lessons)),
    [takingIn, snapshot, lessons],
  );
  if (!advice || busy) return null;
  const done = isFollowed(draft, advice);
  return (
    <section className="suggestion" aria-label="Suggested for your data" data-testid="suggestion">
      <p>
        <strong>Suggested for your data: {PRESET_NAMES[advice.preset]}.</strong> {advice.why}
      </p>
      {advice.changes.length > 0 && (
        <ul>
          {advice.changes.map(({ path, value, why }) => (
            <li key={path}>
              {settings.find((setting) => setting.path === path)?.label ?? path} {showValue(value)}: {why}.
            </li>
          ))}
        </ul>
      )}
      {advice.limits.map((text) => (
        <p key={text} className="quiet">
          {text}
        </p>
      ))}
      {done ? (
        <p className="suggestion-set" data-testid="suggestion-set">
          <Check size={14} aria-hidden="true" /> Set as suggested
        </p>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          disabled={locked}
          data-testid="take-suggestion"
          onClick={() => applyRecommendation(advice)}
        >
          Set as suggested
        </Button>
      )}
    </section>
  );
}
