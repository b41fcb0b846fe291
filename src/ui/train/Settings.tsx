import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Setting } from '../../config/settings/index.ts';
import { checkDraft, defaultOf, readPath, settingsOf } from '../../state/draft.ts';
import { changeSetting } from '../../state/run-actions.ts';
import { isActive, runStore, statusOf } from '../../state/run-store.ts';
import { SettingField } from './SettingField.tsx';

const GROUPS: readonly { readonly group: Setting['group']; readonly title: string }[] = [
  { group: 'learning', title: 'Learning' },
  { group: 'network', title: 'Network and loss' },
  { group: 'augmentation', title: 'Variation of the photos' },
  { group: 'held-out', title: 'Held out' },
];

const NONE: ReadonlyMap<string, string> = new Map();

/** Every setting of a run: two in sight, the others behind "Advanced". */
export function Settings() {
  const draft = useStore(runStore, (state) => state.draft);
  const busy = useStore(runStore, (state) => isActive(statusOf(state)));
  const checked = useMemo(() => checkDraft(draft), [draft]);
  const wrong = checked.valid ? NONE : checked.wrong;
  const shown = settingsOf(draft);
  const fields = (group: Setting['group']) =>
    shown
      .filter((setting) => setting.group === group)
      .map((setting) => (
        <SettingField
          key={setting.path}
          setting={setting}
          value={readPath(draft, setting.path)}
          fallback={defaultOf(draft, setting.path)}
          wrong={wrong.get(setting.path) ?? null}
          disabled={busy}
          onChange={(value) => changeSetting(setting.path, value)}
        />
      ));
  return (
    <div className="panel settings">
      <div className="settings-group">{fields('basic')}</div>
      <details>
        <summary>
          Advanced
          {wrong.size > 0 && <strong className="wrong"> {wrong.size} to correct</strong>}
        </summary>
        {GROUPS.map(({ group, title }) => (
          <fieldset key={group} className="settings-group">
            <legend>{title}</legend>
            {fields(group)}
          </fieldset>
        ))}
      </details>
      {busy && <p className="quiet small panel-foot">Settings can be changed when the run has ended.</p>}
    </div>
  );
}
