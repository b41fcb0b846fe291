import type { Random } from '../lib/random.ts';
import { createBackbone } from '../model/backbones/index.ts';
import { loadForFineTuning } from '../model/backbones/pretrained-mobilefacenet.ts';
import { prepareQuick } from './quick.ts';
import type { Decided, Labelled, OnPreparing, Task } from './task.ts';
import { prepareWhole } from './whole.ts';

/** Makes what a configuration says shall learn: the network and what of it is trained decide, not the preset's name. */
export function prepareTask(
  blobs: readonly Blob[],
  training: Labelled,
  decided: Decided,
  random: Random,
  signal: AbortSignal,
  onPreparing: OnPreparing,
): Promise<Task> {
  const { backbone } = decided.config;
  if (backbone.kind === 'pretrained-mobilefacenet') {
    const { trained } = backbone;
    if (trained === 'embedding') return prepareQuick(blobs, training, decided, random, signal, onPreparing);
    const start = { network: () => loadForFineTuning(trained), centres: 'means' } as const;
    return prepareWhole(start, blobs, training, decided, random, signal, onPreparing);
  }
  const network = async () => createBackbone(backbone, random.fork('network'));
  const start = { network, centres: 'random' } as const;
  return prepareWhole(start, blobs, training, decided, random, signal, onPreparing);
}
