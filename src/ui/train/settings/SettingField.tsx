import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { Setting } from '../../../config/settings/index.ts';
import { type Json, readPath, showValue } from '../../../state/settings/settings-form.ts';

interface Props {
  readonly setting: Setting;
  readonly value: Json | undefined;
  /** The preset's value, undefined where it has none. */
  readonly fallback: Json | undefined;
  /** One more explanation, e.g. where a guess comes from. */
  readonly note?: string | null;
  readonly wrong: string | null;
  readonly disabled: boolean;
  readonly onChange: (value: Json) => void;
}

/** What the fields share: id, state and the element that describes them. */
interface Wiring {
  readonly id: string;
  readonly describedBy: string;
  readonly disabled: boolean;
  readonly invalid: boolean;
}

const wired = ({ id, describedBy, disabled, invalid }: Wiring) => ({
  id,
  disabled,
  size: 'xs' as const,
  'aria-describedby': describedBy,
  'aria-invalid': invalid,
});

/** Text that is a number becomes one; any other text is passed on, and is marked invalid. */
function NumberField(props: {
  wiring: Wiring;
  /** Where the label of the row belongs to another field. */
  label?: string;
  value: Json | undefined;
  onChange: (value: Json) => void;
}) {
  const { wiring, label, value, onChange } = props;
  const [text, setText] = useState(String(value ?? ''));
  const current = text.trim() === '' ? '' : Number(text.replace(',', '.'));
  const shown = current === value || text === value ? text : String(value ?? '');
  return (
    <TextInput
      {...wired(wiring)}
      {...(label ? { 'aria-label': label } : {})}
      error={wiring.invalid}
      inputMode="decimal"
      autoComplete="off"
      value={shown}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        const number = Number(typed.trim().replace(',', '.'));
        setText(typed);
        onChange(typed.trim() === '' || !Number.isFinite(number) ? typed : number);
      }}
    />
  );
}

function Field({ setting, value, wiring, onChange }: Props & { wiring: Wiring }) {
  switch (setting.kind) {
    case 'integer':
    case 'number':
      return <NumberField wiring={wiring} value={value} onChange={onChange} />;
    case 'auto-number':
      return (
        <div className="auto-number">
          <NativeSelect
            {...wired(wiring)}
            value={value === 'auto' ? 'auto' : 'fixed'}
            onChange={(event) => onChange(event.currentTarget.value === 'auto' ? 'auto' : 32)}
            data={[
              { value: 'auto', label: 'Automatic' },
              { value: 'fixed', label: 'Fixed value' },
            ]}
          />
          {value !== 'auto' && (
            <NumberField
              wiring={{ ...wiring, id: `${wiring.id}-value` }}
              label={`${setting.label}, fixed value`}
              value={value}
              onChange={onChange}
            />
          )}
        </div>
      );
    case 'switch':
      return (
        <Switch
          {...wired(wiring)}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice': {
      const at = setting.choices.findIndex((choice) => choice.value === value);
      return (
        <NativeSelect
          {...wired(wiring)}
          error={wiring.invalid}
          value={String(at)}
          data={[
            ...(at < 0 ? [{ value: '-1', label: 'Choose …', disabled: true }] : []),
            ...setting.choices.map(({ label }, index) => ({ value: String(index), label })),
          ]}
          onChange={(event) => {
            const chosen = setting.choices[Number(event.currentTarget.value)];
            if (chosen) onChange(chosen.value);
          }}
        />
      );
    }
    case 'layer':
      return null; // becomes a choice once the layers are known
    case 'variant': {
      const kind = value === undefined ? '' : String(readPath(value, 'kind') ?? '');
      return (
        <NativeSelect
          {...wired(wiring)}
          value={kind}
          data={setting.choices.map((choice) => ({ value: choice.value.kind, label: choice.label }))}
          onChange={(event) => {
            const chosen = setting.choices.find((choice) => choice.value.kind === event.currentTarget.value);
            if (chosen) onChange(chosen.value);
          }}
        />
      );
    }
  }
}

function fallbackText(setting: Setting, fallback: Json | undefined): string | null {
  if (fallback === undefined) return null;
  if (setting.kind === 'choice') {
    return setting.choices.find(({ value }) => value === fallback)?.label ?? showValue(fallback);
  }
  if (setting.kind === 'variant') {
    const kind = readPath(fallback, 'kind');
    return setting.choices.find(({ value }) => value.kind === kind)?.label ?? showValue(fallback);
  }
  return fallback === 'auto' ? 'automatic' : showValue(fallback);
}

/** What the chosen variant is good for, where the settings say so. */
function aboutChosen(setting: Setting, value: Json | undefined): string | null {
  if (setting.kind !== 'variant' || value === undefined) return null;
  const kind = readPath(value, 'kind');
  return setting.choices.find((choice) => choice.value.kind === kind)?.about ?? null;
}

/** One setting: label, unit, field, one line of explanation, default, and the error of its value. */
export function SettingField(props: Props) {
  const { setting, value, fallback, note, wrong, disabled } = props;
  const id = useId();
  const describedBy = `${id}-about`;
  const standard = fallbackText(setting, fallback);
  const about = aboutChosen(setting, value);
  return (
    <div className="setting" data-wide={setting.wide} data-wrong={wrong !== null || undefined}>
      <label htmlFor={id}>
        {setting.label}
        {setting.unit && <span className="unit"> ({setting.unit})</span>}
      </label>
      <div className="setting-field">
        <Field {...props} wiring={{ id, describedBy, disabled, invalid: wrong !== null }} />
      </div>
      <p id={describedBy} className="setting-about">
        {wrong !== null && <strong className="wrong">{wrong} </strong>}
        {setting.explanation}
        {about !== null && ` ${about}`}
        {note && <span className="setting-note">{note}</span>}
        {standard !== null && (
          <>
            {' '}
            <span className="standard">Default: {standard}.</span>
          </>
        )}
      </p>
    </div>
  );
}
