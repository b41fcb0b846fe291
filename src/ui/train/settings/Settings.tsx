import { Fragment, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Setting } from '../../../config/settings/index.ts';
import type { CustomModelFindings } from '../../../domain/custom-model.ts';
import { customModelStore } from '../../../state/settings/custom-model-store.ts';
import { changeSetting } from '../../../state/settings/settings-actions.ts';
import {
  checkForm,
  defaultOf,
  type Json,
  readPath,
  settingsOf,
} from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';
import { useBusy } from '../useObstacle.ts';
import { AugmentPreview } from './AugmentPreview.tsx';
import { CustomModel } from './CustomModel.tsx';
import { LearningRateFinder } from './LearningRateFinder.tsx';
import { SettingField } from './SettingField.tsx';

const GROUPS: readonly { readonly group: Setting['group']; readonly title: string }[] = [
  { group: 'learning', title: 'Training' },
  { group: 'optimiser', title: 'Optimiser and schedule' },
  { group: 'network', title: 'Network' },
  { group: 'margin', title: 'Margin and loss' },
  { group: 'augmentation', title: 'Data augmentation' },
  { group: 'held-out', title: 'Validation and held-out data' },
];

const NONE: ReadonlyMap<string, string> = new Map();

/** Every setting of a run: the basic ones, and the others behind "Advanced". */
export function Settings() {
  const form = useStore(settingsStore, (state) => state.form);
  const busy = useBusy();
  const findings = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const checked = useMemo(() => checkForm(form, findings), [form, findings]);
  const wrong = checked.valid ? NONE : checked.wrong;
  const shown = settingsOf(form, findings);
  const isCustom = readPath(form, 'backbone.kind') === 'custom';
  // Only errors behind "Advanced" are counted there.
  const hidden = shown.filter(({ group, path }) => isHidden(group) && wrong.has(path)).length;
  const fields = (group: Setting['group']) =>
    shown
      .filter((setting) => setting.group === group)
      .map((setting) => (
        <Fragment key={`${setting.group}/${setting.path}`}>
          <SettingField
            setting={setting}
            value={readPath(form, setting.path)}
            fallback={defaultOf(form, setting.path)}
            note={setting.group === 'custom-model' ? guessOf(setting, findings) : null}
            // Missing files are asked for below already.
            wrong={
              setting.group === 'network-choice' && isCustom && !findings
                ? null
                : (wrong.get(setting.path) ?? null)
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
        {isCustom && (
          <CustomModel
            fields={fields('custom-model')}
            keepsClassifier={readPath(form, 'backbone.cutSoftmax') === false}
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
                <Changed group={group} shown={shown} form={form} wrong={wrong} />
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
function guessOf(setting: Setting, findings: CustomModelFindings | null): string | null {
  if (!findings) return null;
  const { range, rangeWhy, inputSize, inputSizeWhy } = findings.guess;
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

/** Beside the title of a group: how many of its settings are invalid, or differ from the preset. */
function Changed(props: {
  group: Setting['group'];
  shown: readonly Setting[];
  form: Json;
  wrong: ReadonlyMap<string, string>;
}) {
  const inGroup = props.shown.filter(({ group }) => group === props.group);
  const toCorrect = inGroup.filter(({ path }) => props.wrong.has(path)).length;
  if (toCorrect > 0) return <strong className="wrong"> {toCorrect} to correct</strong>;
  const changed = inGroup.filter(({ kind, path }) => {
    const [now, standard] = [readPath(props.form, path), defaultOf(props.form, path)];
    // Of a variant only the kind counts; its parts are separate settings.
    return kind === 'variant'
      ? readPath(now ?? null, 'kind') !== readPath(standard ?? null, 'kind')
      : standard !== undefined && now !== standard;
  }).length;
  return changed > 0 ? <span className="quiet"> {changed} changed</span> : null;
}
