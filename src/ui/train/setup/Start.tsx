import { Button } from '@mantine/core';
import { Play, SlidersHorizontal } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { settings } from '../../../config/settings/index.ts';
import { startTraining } from '../../../state/run/run-actions.ts';
import { isActive, runStore } from '../../../state/run/run-store.ts';
import { customModelStore } from '../../../state/settings/custom-model-store.ts';
import { changeSetting } from '../../../state/settings/settings-actions.ts';
import { checkForm, defaultOf, readPath } from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';
import { countChanged } from '../settings/changed.ts';
import { SettingField } from '../settings/SettingField.tsx';
import { useBusy, useObstacle } from '../useObstacle.ts';

const EPOCHS = settings.find(({ path }) => path === 'epochs');

/** Start, the number of epochs, and the way to all other settings; why Start is disabled when it is. */
export function Start({ onSettings }: { onSettings: () => void }) {
  const ranBefore = useStore(runStore, ({ current }) => current !== null && !isActive(current.status));
  const obstacle = useObstacle();
  const busy = useBusy();
  const form = useStore(settingsStore, (state) => state.form);
  const findings = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const checked = useMemo(() => checkForm(form, findings), [form, findings]);
  const wrong = checked.valid ? [] : [...checked.wrong.keys()].filter((path) => path !== 'epochs');
  const changed = countChanged(form, findings);
  return (
    <div className="start">
      <div className="start-main">
        <div className="start-buttons">
          <Button
            data-testid="start-training"
            size="md"
            leftSection={<Play size={18} aria-hidden="true" />}
            disabled={obstacle !== null}
            onClick={() => void startTraining()}
          >
            {ranBefore ? 'Train again' : 'Start training'}
          </Button>
          <Button
            data-testid="open-settings"
            size="md"
            variant="default"
            leftSection={<SlidersHorizontal size={18} aria-hidden="true" />}
            onClick={onSettings}
          >
            Settings
            {wrong.length > 0 ? (
              <strong className="wrong settings-count">{wrong.length} to correct</strong>
            ) : (
              changed > 0 && <span className="quiet settings-count">{changed} changed</span>
            )}
          </Button>
        </div>
        <p className="quiet small start-obstacle">{obstacle}</p>
      </div>
      {EPOCHS && (
        <div className="start-epochs">
          <SettingField
            setting={EPOCHS}
            value={readPath(form, 'epochs')}
            fallback={defaultOf(form, 'epochs')}
            wrong={checked.valid ? null : (checked.wrong.get('epochs') ?? null)}
            disabled={busy}
            onChange={(value) => changeSetting('epochs', value)}
          />
        </div>
      )}
    </div>
  );
}
