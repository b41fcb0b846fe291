import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/lib/random.ts';
import { iresNet } from '../../../src/model/backbones/shared/iresnet.ts';
import { stagesFromEnd } from '../../../src/train/step/stages.ts';

/** Of the layers with weights only: by the stage, the names. */
function learningByStage(network: tf.LayersModel): Map<number, string[]> {
  const stages = stagesFromEnd(network);
  const found = new Map<number, string[]>();
  for (const { name, weights } of network.layers) {
    const stage = stages.get(name) ?? Number.NaN;
    if (weights.length > 0) found.set(stage, [...(found.get(stage) ?? []), name]);
  }
  return found;
}

describe.each([112, 32])('IResNet-18 at %i pixels', (inputSize) => {
  const network = iresNet({ depth: 18, inputSize, embeddingSize: 4, dropout: 0 }, createRandom(1));
  const stages = learningByStage(network);

  it('has five stages, one for each size of the picture', () => {
    expect([...stages.keys()].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('lets each layer learn with those that put out the same size', () => {
    // The convolution with stride 2 is the second of a block; what is in front of it still sees the larger picture.
    const larger = ['norm1', 'conv1', 'norm2', 'prelu'];
    const smaller = ['conv2', 'norm3', 'shortcut', 'shortcut_norm'];
    const named = (block: string, parts: readonly string[]): string[] =>
      parts.map((part) => `${block}_${part}`);
    const second = [...larger, 'conv2', 'norm3'];
    for (const stage of [1, 2, 3]) {
      expect([...(stages.get(4 - stage) ?? [])].sort()).toEqual(
        [
          ...named(`stage${stage}_1`, smaller),
          ...named(`stage${stage}_2`, second),
          ...named(`stage${stage + 1}_1`, larger),
        ].sort(),
      );
    }
    expect([...(stages.get(4) ?? [])].sort()).toEqual(
      ['conv1', 'conv1_norm', 'conv1_prelu', ...named('stage1_1', larger)].sort(),
    );
    expect(stages.get(0)).toEqual(
      expect.arrayContaining([
        'stage4_1_conv2',
        'stage4_2_conv1',
        'features_norm',
        'embedding',
        'embedding_norm',
      ]),
    );
  });
});

it('padding and pooling make no stage of a network of any kind', () => {
  const network = tf.sequential({
    layers: [
      tf.layers.zeroPadding2d({ inputShape: [16, 16, 3], padding: 3 }),
      tf.layers.conv2d({ name: 'first', filters: 2, kernelSize: 7 }), // 16
      tf.layers.zeroPadding2d({ padding: 1 }),
      tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }), // 8
      tf.layers.averagePooling2d({ poolSize: 2, strides: 2 }), // 4
      tf.layers.conv2d({ name: 'second', filters: 2, kernelSize: 3, padding: 'same' }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ name: 'embedding', units: 2 }),
    ],
  });
  expect([...learningByStage(network)]).toEqual([
    [1, ['first']],
    [0, ['second', 'embedding']],
  ]);
});
