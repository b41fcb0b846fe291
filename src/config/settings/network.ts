import { backbones } from '../backbone.ts';
import { fieldSettings } from './field-settings.ts';
import type { Setting } from './setting.ts';

/** Which backbone is trained: the one setting of it that is always shown. */
export const networkChoice: Setting = {
  path: 'backbone',
  label: 'Backbone',
  unit: '',
  group: 'network-choice',
  explanation: 'The network that turns a face into an embedding.',
  wide: true,
  kind: 'variant',
  choices: backbones.flatMap(({ label, choices }) => choices.map((choice) => ({ label, ...choice }))),
};

/** The settings of a custom model: what its files do not say themselves is asked. */
export const customModel: readonly Setting[] = fieldSettings(
  'backbone',
  backbones.filter(({ origin }) => origin === 'custom'),
).map((setting) => ({ ...setting, group: 'custom-model' }));

export const network: readonly Setting[] = fieldSettings(
  'backbone',
  backbones.filter(({ origin }) => origin !== 'custom'),
);
