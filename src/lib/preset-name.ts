/** The three ways of training that the page offers: cached features, the whole pretrained network, random weights. */
export const PRESET_NAMES = ['quick', 'finetune', 'scratch'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];
