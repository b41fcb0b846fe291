// MobileFaceNet, written as a Layers model. Input `image` [B,112,112,3], output `embedding` [B,192].

import { LayersModel } from './layers-model.mjs';
import { mobileFaceNetParts } from './mobilefacenet-parts.mjs';

/** @param {import('./graph-model.mjs').Graph} graph */
export function convertMobileFaceNet(graph) {
  const model = new LayersModel('mobilefacenet');
  /** @type {string[]} */
  const outputs = [];
  let last = model.input('image', [112, 112, 3]);
  for (const part of mobileFaceNetParts(graph)) {
    if (part.kind === 'add') {
      last = model.layer('Add', part.name, [last, outputs[part.from]]);
    } else if (part.name === 'embedding') {
      last = model.layer('Flatten', 'features', [last]); // [B,512]
      last = dense(model, last, part);
    } else {
      last = model[part.kind](part.name, last, part);
      if (part.alpha) last = model.prelu(`${part.name}_prelu`, last, part.alpha);
    }
    outputs.push(last);
  }
  return model.finish([last]);
}

/**
 * A 1x1 convolution of a 1x1 picture is a dense layer: the same kernel without its two window axes.
 *
 * @param {LayersModel} model
 * @param {string} from
 * @param {import('./mobilefacenet-parts.mjs').Conv} part
 */
function dense(model, from, { name, kernel, bias }) {
  const [, , inputs, units] = kernel.shape;
  return model.layer(
    'Dense',
    name,
    [from],
    { units, use_bias: true, activation: 'linear' },
    { kernel: { shape: [inputs, units], data: kernel.data }, bias },
  );
}
