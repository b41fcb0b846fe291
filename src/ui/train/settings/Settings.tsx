import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { Fragment, type ReactNode, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Setting } from '../../../config/settings/index.ts';
import type { CustomModelFindings } from '../../../domain/custom-model/findings.ts';
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
import { plural } from '../../common/format.ts';
import { useBusy } from '../useObstacle.ts';
import { AugmentPreview } from './AugmentPreview.tsx';
import { CustomModel } from './CustomModel.tsx';
import { isChanged } from './changed.ts';
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

/** Every setting of a run but the number of epochs, which stands beside Start: in groups, or those that a search finds. */
export function Settings() {
  const [search, setSearch] = useState('');
  const form = useStore(settingsStore, (state) => state.form);
  const busy = useBusy();
  const findings = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const checked = useMemo(() => checkForm(form, findings), [form, findings]);
  const wrong = checked.valid ? NONE : checked.wrong;
  const shown = settingsOf(form, findings);
  const isCustom = readPath(form, 'backbone.kind') === 'custom';
  const field = (setting: Setting) => (
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
  );
  const inGroup = (group: Setting['group']) => shown.filter((setting) => setting.group === group);
  return (
    <div className="settings">
      <TextInput
        className="settings-search"
        data-autofocus
        data-testid="search-settings"
        aria-label="Search the settings"
        placeholder="Search the settings"
        leftSection={<Search size={16} aria-hidden="true" />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {busy && <p className="quiet small">Settings can be changed when the run or search has ended.</p>}
      {search.trim() !== '' ? (
        <Found settings={shown.filter((setting) => matches(setting, search))} field={field} />
      ) : (
        <>
          <div className="settings-group">
            {inGroup('network-choice').map(field)}
            {isCustom && (
              <CustomModel
                fields={inGroup('custom-model').map(field)}
                keepsClassifier={readPath(form, 'backbone.cutSoftmax') === false}
                disabled={busy}
              />
            )}
            {inGroup('basic')
              .filter(({ path }) => path !== 'epochs')
              .map(field)}
          </div>
          <h3 className="settings-advanced">Advanced</h3>
          {GROUPS.filter(({ group }) => inGroup(group).length > 0).map(({ group, title }) => (
            <details key={group} className="settings-part">
              <summary>
                {title}
                <Changed settings={inGroup(group)} form={form} wrong={wrong} />
              </summary>
              <fieldset className="settings-group" aria-label={title}>
                {group === 'augmentation' && <AugmentPreview />}
                {inGroup(group).map(field)}
              </fieldset>
            </details>
          ))}
        </>
      )}
    </div>
  );
}

function Found(props: {
  readonly settings: readonly Setting[];
  readonly field: (setting: Setting) => ReactNode;
}) {
  const { settings, field } = props;
  return (
    <>
      <output className="quiet small">
        {settings.length === 0
          ? 'No setting of this training mode matches.'
          : plural(settings.length, 'setting matches', 'settings match')}
      </output>
      <div className="settings-group">{settings.map(field)}</div>
    </>
  );
}

/** Every word of the search stands in the label, the explanation or the name of the group. */
function matches(setting: Setting, search: string): boolean {
  const group = GROUPS.find((candidate) => candidate.group === setting.group)?.title ?? '';
  const text = `${setting.label} ${setting.unit} ${setting.explanation} ${group}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

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
function Changed(props: { settings: readonly Setting[]; form: Json; wrong: ReadonlyMap<string, string> }) {
  const { settings, form, wrong } = props;
  const toCorrect = settings.filter(({ path }) => wrong.has(path)).length;
  if (toCorrect > 0) return <strong className="wrong"> {toCorrect} to correct</strong>;
  const changed = settings.filter((setting) => isChanged(form, setting)).length;
  return changed > 0 ? <span className="quiet"> {changed} changed</span> : null;
}
