import { Fragment, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Setting } from '../../../config/settings/index.ts';
import type { CustomModelFindings } from '../../../domain/custom-model.ts';
import { changeSetting } from '../../../state/run/run-actions.ts';
import { runStore } from '../../../state/run/run-store.ts';
import { customModelStore } from '../../../state/settings/custom-model-store.ts';
import {
  checkForm,
  defaultOf,
  type Json,
  readPath,
  settingsOf,
} from '../../../state/settings/settings-form.ts';
import { useBusy } from '../run/useObstacle.ts';
import { AugmentPreview } from './AugmentPreview.tsx';
import { CustomModel } from './CustomModel.tsx';
import { LearningRateFinder } from './LearningRateFinder.tsx';
import { SettingField } from './SettingField.tsx';

const GROUPS: readonly { readonly group: Setting['group']; readonly title: string }[] = [
  { group: 'learning', title: 'Learning' },
  { group: 'optimiser', title: 'Optimiser and rate over time' },
  { group: 'network', title: 'Network' },
  { group: 'margin', title: 'Margin and loss' },
  { group: 'augmentation', title: 'Variation of the photos' },
  { group: 'held-out', title: 'Held out' },
];

const NONE: ReadonlyMap<string, string> = new Map();

/** Every setting of a run: two in sight, the others behind "Advanced". */
export function Settings() {
  const draft = useStore(runStore, (state) => state.form);
  const busy = useBusy();
  const own = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const checked = useMemo(() => checkForm(draft, own), [draft, own]);
  const wrong = checked.valid ? NONE : checked.wrong;
  const shown = settingsOf(draft, own);
  const isOwn = readPath(draft, 'backbone.kind') === 'own';
  // What is always in sight is not counted as hidden behind "Advanced".
  const hidden = shown.filter(({ group, path }) => isHidden(group) && wrong.has(path)).length;
  const fields = (group: Setting['group']) =>
    shown
      .filter((setting) => setting.group === group)
      .map((setting) => (
        <Fragment key={`${setting.group}/${setting.path}`}>
          <SettingField
            setting={setting}
            value={readPath(draft, setting.path)}
            fallback={defaultOf(draft, setting.path)}
            note={setting.group === 'own' ? guessOf(setting, own) : null}
            // The place for the files says already that they are missing.
            wrong={
              setting.group === 'network-choice' && isOwn && !own ? null : (wrong.get(setting.path) ?? null)
            }
            disabled={busy}
            onChange={(value) => changeSetting(setting.path, value)}
          />
          {setting.path === 'learningRate' && <LearningRateFinder />}
        </Fragment>
      ));
  return (
    <div className="panel settings">
      <div className="settings-group">
        {fields('network-choice')}
        {isOwn && (
          <CustomModel
            fields={fields('own')}
            whole={readPath(draft, 'backbone.cutSoftmax') === false}
            disabled={busy}
          />
        )}
        {fields('basic')}
      </div>
      <details>
        <summary>
          Advanced
          {hidden > 0 && <strong className="wrong"> {hidden} to correct</strong>}
        </summary>
        {GROUPS.filter(({ group }) => shown.some((setting) => setting.group === group)).map(
          ({ group, title }) => (
            <details key={group} className="settings-part">
              <summary>
                {title}
                <Changed group={group} shown={shown} draft={draft} wrong={wrong} />
              </summary>
              <fieldset className="settings-group" aria-label={title}>
                {group === 'augmentation' && <AugmentPreview />}
                {fields(group)}
              </fieldset>
            </details>
          ),
        )}
      </details>
      {busy && (
        <p className="quiet small panel-foot">Settings can be changed when the run or search has ended.</p>
      )}
    </div>
  );
}

const isHidden = (group: Setting['group']): boolean => GROUPS.some((hidden) => hidden.group === group);

/** What was guessed for a setting, and why. */
function guessOf(setting: Setting, own: CustomModelFindings | null): string | null {
  if (!own) return null;
  const { range, rangeWhy, inputSize, inputSizeWhy } = own.guess;
  switch (setting.path) {
    case 'backbone.range': {
      const choices = setting.kind === 'choice' ? setting.choices : [];
      return `Guess: ${choices.find(({ value }) => value === range)?.label ?? range}. ${rangeWhy}`;
    }
    case 'backbone.inputSize':
      return `Guess: ${inputSize}. ${inputSizeWhy}`;
    default:
      return null;
  }
}

/** Beside the title of a group: what in it has to be corrected, or differs from the preset. */
function Changed(props: {
  group: Setting['group'];
  shown: readonly Setting[];
  draft: Json;
  wrong: ReadonlyMap<string, string>;
}) {
  const own = props.shown.filter(({ group }) => group === props.group);
  const toCorrect = own.filter(({ path }) => props.wrong.has(path)).length;
  if (toCorrect > 0) return <strong className="wrong"> {toCorrect} to correct</strong>;
  const changed = own.filter(({ kind, path }) => {
    const [now, standard] = [readPath(props.draft, path), defaultOf(props.draft, path)];
    // Of what is chosen between shapes, the shape counts; its parts are settings of their own.
    return kind === 'variant'
      ? readPath(now ?? null, 'kind') !== readPath(standard ?? null, 'kind')
      : standard !== undefined && now !== standard;
  }).length;
  return changed > 0 ? <span className="quiet"> {changed} changed</span> : null;
}
