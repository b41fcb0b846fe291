import type { Setting } from './setting.ts';

/** Which network learns: the one setting of it that is always in sight. */
export const networkChoice: Setting = {
  path: 'backbone',
  label: 'Network',
  unit: '',
  group: 'network-choice',
  explanation: 'What turns a face into an embedding.',
  wide: true,
  kind: 'variant',
  choices: [
    {
      label: 'MobileFaceNet, pretrained',
      value: { kind: 'pretrained-mobilefacenet', trained: 'embedding' },
      about: 'Has learned from many faces; small and quick.',
      presets: ['quick'],
    },
    {
      label: 'MobileFaceNet, pretrained',
      value: { kind: 'pretrained-mobilefacenet', trained: 'all' },
      about: 'Has learned from many faces; small and quick.',
      presets: ['finetune'],
    },
    {
      label: "dlib's ResNet, pretrained",
      value: { kind: 'pretrained-dlib', trained: 'embedding' },
      about: 'Has learned from other faces in another way, at 150 pixels; takes about as long.',
      presets: ['quick'],
    },
    {
      label: "dlib's ResNet, pretrained",
      value: { kind: 'pretrained-dlib', trained: 'all' },
      about:
        'Has learned from other faces in another way, at 150 pixels; takes about as long, and brings a smaller learning rate.',
      presets: ['finetune'],
      learningRate: 3e-5,
    },
    {
      label: 'Small CNN',
      value: { kind: 'small-cnn', inputSize: 64, embeddingSize: 64 },
      about: 'A few layers: minutes on any machine, to see how training works.',
      presets: ['scratch'],
    },
    {
      label: 'VGG8',
      value: { kind: 'vgg8', inputSize: 64, embeddingSize: 64, dropout: 0.5 },
      about: 'Plain and small, with dropout against learning by heart; the network of the classic examples.',
      presets: ['scratch'],
    },
    {
      label: 'MobileFaceNet',
      value: { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 192, width: 1 },
      about: 'Made for faces on phones: good with thousands of photos, and still quick to use.',
      presets: ['scratch'],
    },
    {
      label: 'IResNet-18',
      value: { kind: 'iresnet-18', inputSize: 112, embeddingSize: 512, dropout: 0.4 },
      about: "A network of ArcFace's own kind: for many photos and a graphics card; a 96 MB download.",
      presets: ['scratch'],
    },
    {
      label: 'IResNet-50',
      value: { kind: 'iresnet-50', inputSize: 112, embeddingSize: 512, dropout: 0.4 },
      about: 'The strongest and slowest: for very many photos and a strong graphics card; a 174 MB download.',
      presets: ['scratch'],
    },
    {
      label: 'Your own',
      value: { kind: 'own', inputSize: 112, range: 'unit', frozenUpTo: null, cutSoftmax: false },
      about: 'A TensorFlow.js Layers model that you give, also one that you downloaded here.',
    },
  ],
};

export const network: readonly Setting[] = [
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
    when: {
      path: 'backbone.kind',
      is: ['small-cnn', 'vgg8', 'mobilefacenet', 'iresnet-18', 'iresnet-50'],
    },
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
];
