import type {
  BackboneConfig,
  MarginConfig,
  OptimiserConfig,
  PresetName,
  SamplingConfig,
  ScheduleConfig,
} from '../training-config.ts';

/**
 * A setting of a training run as the page shows it: label, unit, one line of explanation, allowed values. Defaults are
 * not here: they belong to the presets. A test compares the limits with the schema and checks that no setting is
 * missing. A path may come twice, under different conditions, where the allowed values depend on another setting.
 */
interface Described {
  /** Dotted path into TrainingConfig. */
  readonly path: string;
  readonly label: string;
  /** Shown after the label; empty for plain numbers. */
  readonly unit: string;
  readonly explanation: string;
  readonly group:
    | 'network-choice'
    | 'basic'
    | 'custom-model'
    | 'learning'
    | 'optimiser'
    | 'network'
    | 'margin'
    | 'augmentation'
    | 'held-out';
  /** The field has a row to itself. */
  readonly wide?: true;
  /** Presets that have this setting; left out: all. */
  readonly presets?: readonly PresetName[];
  /** Shown only where another setting has one of these values. */
  readonly when?: Condition;
}

interface Condition {
  readonly path: string;
  readonly is: readonly string[];
}

/** Settings of several kinds, each with its own fields. */
type Variant = BackboneConfig | MarginConfig | OptimiserConfig | SamplingConfig | ScheduleConfig;

interface Ranged {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

interface Choice<V> {
  readonly label: string;
  readonly value: V;
  /** One line on what it is good for, shown while it is selected. */
  readonly about?: string;
  /** Presets that offer it; left out: all that have the setting. */
  readonly presets?: readonly PresetName[];
  /** Learning rate that comes with it, where the preset's would be too large. */
  readonly learningRate?: number;
}

export type Setting = Described &
  (
    | ({ readonly kind: 'integer' | 'number' | 'auto-number' } & Ranged)
    | { readonly kind: 'switch' }
    | { readonly kind: 'choice'; readonly choices: readonly Choice<string | number | null>[] }
    /** Chooses among the layers of the custom model, which are known once there is one. */
    | { readonly kind: 'layer' }
    /** Chooses between kinds: the value replaces the object at the path. */
    | {
        readonly kind: 'variant';
        readonly choices: readonly Choice<Variant>[];
      }
  );
