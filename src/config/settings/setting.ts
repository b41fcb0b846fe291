import type {
  BackboneConfig,
  MarginConfig,
  OptimiserConfig,
  PresetName,
  SamplingConfig,
  ScheduleConfig,
} from '../training-config.ts';

/**
 * Every setting of a training run as a person meets it: one line of explanation, its unit, what is allowed.
 * The single source of the fields on the page. Defaults are not here: they belong to the presets.
 * A test holds the limits against the schema and sees that no setting is forgotten. A path may come twice, with other
 * conditions, where what is allowed depends on another setting.
 */
interface Described {
  /** Dotted path into TrainingConfig. */
  readonly path: string;
  readonly label: string;
  /** Shown behind the value; empty for plain numbers. */
  readonly unit: string;
  readonly explanation: string;
  readonly group:
    | 'network-choice'
    | 'basic'
    | 'own'
    | 'learning'
    | 'optimiser'
    | 'network'
    | 'margin'
    | 'augmentation'
    | 'held-out';
  /** The field takes a row of its own. */
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

/** Settings that are chosen between shapes. */
type Variant = BackboneConfig | MarginConfig | OptimiserConfig | SamplingConfig | ScheduleConfig;

interface Ranged {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

interface Choice<V> {
  readonly label: string;
  readonly value: V;
  /** One line on what it is good for, shown while it is chosen. */
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
    /** Chooses among the layers of the person's own network, which are known once there is one. */
    | { readonly kind: 'layer' }
    /** Chooses between shapes: the value replaces the whole object at the path. */
    | {
        readonly kind: 'variant';
        readonly choices: readonly Choice<Variant>[];
      }
  );
