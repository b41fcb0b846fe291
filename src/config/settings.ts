import type { BackboneConfig, MarginConfig, OptimiserConfig, PresetName } from './training-config.ts';

/**
 * Every setting of a training run as a person meets it: one line of explanation, its unit, what is allowed.
 * The single source of the fields on the page. Defaults are not here: they belong to the presets.
 * A test holds the limits against the schema and sees that no setting is forgotten.
 */
interface Described {
  /** Dotted path into TrainingConfig. */
  readonly path: string;
  readonly label: string;
  /** Shown behind the value; empty for plain numbers. */
  readonly unit: string;
  readonly explanation: string;
  readonly group: 'basic' | 'learning' | 'network' | 'augmentation' | 'held-out';
  /** Presets that have this setting; left out: all. */
  readonly presets?: readonly PresetName[];
  /** Shown only where another setting has one of these values. */
  readonly when?: { readonly path: string; readonly is: readonly string[] };
}

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
}

export type Setting = Described &
  (
    | ({ readonly kind: 'integer' | 'number' | 'auto-number' } & Ranged)
    | { readonly kind: 'switch' }
    | { readonly kind: 'choice'; readonly choices: readonly Choice<string | number>[] }
    /** Chooses between shapes: the value replaces the whole object at the path. */
    | {
        readonly kind: 'variant';
        readonly choices: readonly Choice<BackboneConfig | MarginConfig | OptimiserConfig>[];
      }
  );

export const settings: readonly Setting[] = [
  {
    path: 'epochs',
    label: 'Epochs',
    unit: 'passes',
    group: 'basic',
    explanation: 'How often every photo is learned from. More takes longer; the best one is kept anyway.',
    kind: 'integer',
    min: 1,
    max: 1000,
    step: 1,
  },
  {
    path: 'backend',
    label: 'Computed by',
    unit: '',
    group: 'basic',
    explanation: 'What does the arithmetic. Automatic takes the fastest that passes a self-test.',
    kind: 'choice',
    choices: [
      { label: 'Automatic', value: 'auto' },
      { label: 'WebGPU (graphics card)', value: 'webgpu' },
      { label: 'WebAssembly SIMD (processor)', value: 'simd' },
      { label: 'WebGL (graphics card, older)', value: 'webgl' },
      { label: 'Plain JavaScript (slow)', value: 'cpu' },
    ],
  },
  {
    path: 'batchSize',
    label: 'Batch size',
    unit: 'photos',
    group: 'learning',
    explanation: 'Photos looked at before each correction. Larger is steadier and needs more memory.',
    kind: 'integer',
    min: 2,
    max: 512,
    step: 1,
  },
  {
    path: 'learningRate',
    label: 'Learning rate',
    unit: '',
    group: 'learning',
    explanation:
      'Size of each correction at its highest. Too large and the loss jumps, too small and it crawls.',
    kind: 'number',
    min: 0.000001,
    max: 10,
    step: 0.0005,
  },
  {
    path: 'schedule.warmupFraction',
    label: 'Rate warm-up',
    unit: 'share of steps',
    group: 'learning',
    explanation: 'The learning rate grows from 0 over this share of the run, then falls along a cosine.',
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.05,
  },
  {
    path: 'schedule.finalFraction',
    label: 'Final rate',
    unit: 'share of the rate',
    group: 'learning',
    explanation: 'What is left of the learning rate at the end of the run.',
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.01,
  },
  {
    path: 'headRateFactor',
    label: 'Class centre rate',
    unit: 'times',
    group: 'learning',
    explanation: 'The centres of the people learn this many times faster than the network.',
    kind: 'number',
    min: 0.001,
    max: 1000,
    step: 1,
  },
  {
    path: 'weightDecay',
    label: 'Weight decay',
    unit: '',
    group: 'learning',
    explanation: 'Pulls weights towards 0 against learning by heart. Not applied to biases and norms.',
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.0001,
  },
  {
    path: 'optimiser',
    label: 'Optimiser',
    unit: '',
    group: 'learning',
    explanation: 'How corrections are made from gradients.',
    kind: 'variant',
    choices: [
      { label: 'AdamW', value: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } },
      { label: 'SGD with momentum', value: { kind: 'sgd', momentum: 0.9, nesterov: false } },
    ],
  },
  {
    path: 'optimiser.momentum',
    label: 'Momentum',
    unit: '',
    group: 'learning',
    explanation: 'Share of the last correction that is carried on into the next.',
    kind: 'number',
    min: 0,
    max: 0.999,
    step: 0.01,
  },
  {
    path: 'optimiser.nesterov',
    label: 'Nesterov',
    unit: '',
    group: 'learning',
    explanation: 'Looks ahead along the momentum before correcting.',
    kind: 'switch',
  },
  {
    path: 'optimiser.beta1',
    label: 'Beta 1',
    unit: '',
    group: 'learning',
    explanation: 'Memory of the mean gradient: nearer to 1 is longer.',
    kind: 'number',
    min: 0,
    max: 0.999,
    step: 0.01,
  },
  {
    path: 'optimiser.beta2',
    label: 'Beta 2',
    unit: '',
    group: 'learning',
    explanation: 'Memory of the squared gradient: nearer to 1 is longer.',
    kind: 'number',
    min: 0,
    max: 0.99999,
    step: 0.001,
  },
  {
    path: 'optimiser.epsilon',
    label: 'Epsilon',
    unit: '',
    group: 'learning',
    explanation: 'Keeps the division of AdamW away from 0.',
    kind: 'number',
    min: 1e-12,
    max: 0.1,
    step: 1e-8,
  },
  {
    path: 'seed',
    label: 'Seed',
    unit: '',
    group: 'learning',
    explanation: 'Start of the random numbers: the same seed, data and backend give the same run.',
    kind: 'integer',
    min: 0,
    max: 4294967295,
    step: 1,
  },
  {
    path: 'backbone',
    label: 'Network',
    unit: '',
    group: 'network',
    explanation: 'What turns a face into an embedding.',
    presets: ['scratch'],
    kind: 'variant',
    choices: [
      {
        label: 'Small CNN',
        value: { kind: 'small-cnn', inputSize: 64, embeddingSize: 64 },
        about: 'A few layers: minutes on any machine, to see how training works.',
      },
      {
        label: 'VGG8',
        value: { kind: 'vgg8', inputSize: 64, embeddingSize: 64, dropout: 0.5 },
        about:
          'Plain and small, with dropout against learning by heart; the network of the classic examples.',
      },
      {
        label: 'MobileFaceNet',
        value: { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 192, width: 1 },
        about: 'Made for faces on phones: good with thousands of photos, and still quick to use.',
      },
      {
        label: 'IResNet-18',
        value: { kind: 'iresnet-18', inputSize: 112, embeddingSize: 512, dropout: 0.4 },
        about: "A network of ArcFace's own kind: for many photos and a graphics card; a 96 MB download.",
      },
      {
        label: 'IResNet-50',
        value: { kind: 'iresnet-50', inputSize: 112, embeddingSize: 512, dropout: 0.4 },
        about:
          'The strongest and slowest: for very many photos and a strong graphics card; a 174 MB download.',
      },
    ],
  },
  {
    path: 'backbone.width',
    label: 'Width',
    unit: '',
    group: 'network',
    explanation: "Double has twice the channels between its blocks: insightface's mbf, with 512 numbers.",
    presets: ['scratch'],
    kind: 'choice',
    choices: [
      { label: 'Normal', value: 1 },
      { label: 'Double', value: 2 },
    ],
  },
  {
    path: 'backbone.trained',
    label: 'What learns',
    unit: '',
    group: 'network',
    explanation: 'All of the network, or only its last blocks: faster, and safer with few photos.',
    presets: ['finetune'],
    kind: 'choice',
    choices: [
      { label: 'All layers', value: 'all' },
      { label: 'The last blocks', value: 'last-blocks' },
    ],
  },
  {
    path: 'backbone.inputSize',
    label: 'Picture edge',
    unit: 'pixels',
    group: 'network',
    explanation: 'Faces are scaled to this before the network sees them. Smaller is faster and less sharp.',
    presets: ['scratch'],
    when: { path: 'backbone.kind', is: ['small-cnn', 'vgg8'] },
    kind: 'choice',
    choices: [32, 48, 64, 112].map((value) => ({ label: String(value), value })),
  },
  {
    path: 'backbone.embeddingSize',
    label: 'Embedding size',
    unit: 'numbers',
    group: 'network',
    explanation: 'How many numbers describe a face. More can tell more people apart.',
    presets: ['scratch'],
    kind: 'integer',
    min: 2,
    max: 512,
    step: 1,
  },
  {
    path: 'backbone.dropout',
    label: 'Dropout',
    unit: 'share of the features',
    group: 'network',
    explanation: 'Features left out at random in each step, so that the network relies on no few of them.',
    presets: ['scratch'],
    kind: 'number',
    min: 0,
    max: 0.9,
    step: 0.05,
  },
  {
    path: 'margin',
    label: 'Margin',
    unit: '',
    group: 'network',
    explanation:
      'What is demanded beyond being nearest to the own person: an angle (ArcFace), or other forms of it.',
    kind: 'variant',
    choices: [
      { label: 'ArcFace', value: { kind: 'arcface', m: 0.5, warmupFraction: 0.3 } },
      { label: 'CosFace', value: { kind: 'cosface', m3: 0.35, warmupFraction: 0.3 } },
      { label: 'SphereFace', value: { kind: 'sphereface', m1: 1.35, warmupFraction: 0.3 } },
      {
        label: 'Combined',
        value: { kind: 'combined', m1: 1, m2: 0.3, m3: 0.2, warmupFraction: 0.3 },
      },
      { label: 'None (plain softmax)', value: { kind: 'none' } },
    ],
  },
  {
    path: 'margin.m',
    label: 'Margin angle',
    unit: 'radians',
    group: 'network',
    explanation: 'The angle demanded: 0.5 rad is 28.6 degrees. Larger separates more and is harder to learn.',
    kind: 'number',
    min: 0,
    max: 1.5,
    step: 0.05,
  },
  {
    path: 'margin.m1',
    label: 'Angle factor m1',
    unit: 'times',
    group: 'network',
    explanation: 'The angle to the own person counts this many times. 1 is no margin.',
    kind: 'number',
    min: 1,
    max: 4,
    step: 0.05,
  },
  {
    path: 'margin.m2',
    label: 'Margin angle m2',
    unit: 'radians',
    group: 'network',
    explanation: 'Added to the angle to the own person: 0.3 rad is 17.2 degrees.',
    kind: 'number',
    min: 0,
    max: 1.5,
    step: 0.05,
  },
  {
    path: 'margin.m3',
    label: 'Cosine margin m3',
    unit: '',
    group: 'network',
    explanation: 'Taken off the cosine to the own person; a difference of cosines, no angle.',
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.05,
  },
  {
    path: 'margin.warmupFraction',
    label: 'Margin warm-up',
    unit: 'share of steps',
    group: 'network',
    explanation: 'The margin grows from 0 over this share of the run, so that learning can find its feet.',
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.05,
  },
  {
    path: 'scale',
    label: 'Scale',
    unit: '',
    group: 'network',
    explanation: 'Sharpness of the softmax over the cosines. Automatic takes it from the number of people.',
    kind: 'auto-number',
    min: 1,
    max: 256,
    step: 1,
  },
  {
    path: 'augment.mirror',
    label: 'Mirror',
    unit: '',
    group: 'augmentation',
    explanation: 'Shows every other face mirrored left to right.',
    kind: 'switch',
  },
  {
    path: 'augment.rotationDegrees',
    label: 'Rotate',
    unit: 'degrees',
    group: 'augmentation',
    explanation: 'Largest random rotation, either way.',
    presets: ['finetune', 'scratch'],
    kind: 'number',
    min: 0,
    max: 45,
    step: 1,
  },
  {
    path: 'augment.shift',
    label: 'Shift',
    unit: 'share of the edge',
    group: 'augmentation',
    explanation: 'Largest random shift, either way.',
    presets: ['finetune', 'scratch'],
    kind: 'number',
    min: 0,
    max: 0.3,
    step: 0.01,
  },
  {
    path: 'augment.zoom',
    label: 'Zoom',
    unit: 'share of the size',
    group: 'augmentation',
    explanation: 'Largest random change of size, either way.',
    presets: ['finetune', 'scratch'],
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.01,
  },
  {
    path: 'augment.colour',
    label: 'Colour and light',
    unit: 'share',
    group: 'augmentation',
    explanation: 'Largest random change of brightness, contrast and saturation, either way.',
    presets: ['finetune', 'scratch'],
    kind: 'number',
    min: 0,
    max: 0.9,
    step: 0.05,
  },
  {
    path: 'heldOut.peopleFraction',
    label: 'People held out',
    unit: 'share of people',
    group: 'held-out',
    explanation: 'Kept out of training altogether, to measure how well strangers are told apart.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
  {
    path: 'heldOut.photosFraction',
    label: 'Photos held out',
    unit: 'share of photos',
    group: 'held-out',
    explanation: 'Kept out for everybody else, to measure accuracy on photos never seen.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
];
