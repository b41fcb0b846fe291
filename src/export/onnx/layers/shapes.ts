import { z } from 'zod';
import { present } from '../../../lib/assert.ts';
import { int, ints, text } from '../graph.ts';
import {
  channelsLast,
  channelsLastOf,
  fromChannelsLast,
  inputOf,
  isPicture,
  type LayerWriter,
  pair,
  settingsOf,
} from './layer-use.ts';

/** Dropout and noise do nothing in inference. */
export const writeNothing: LayerWriter = (use) => inputOf(use);

/** In TensorFlow's order y, x, channel, which the weights behind it count on. */
export const writeFlatten: LayerWriter = (use, graph) => {
  settingsOf(use, z.object({ dataFormat: channelsLast }));
  const input = inputOf(use);
  const [height, width] = input.shape;
  const onePixel = isPicture(input) && height === 1 && width === 1;
  const name = onePixel ? input.name : channelsLastOf(input, graph);
  return { name: graph.node('Flatten', [name], { axis: int(1) }), shape: use.outputShape };
};

export const writeReshape: LayerWriter = (use, graph) => {
  // A size of 0 keeps the batch, whatever it is.
  const sizes = graph.wholes('shape', [0, ...use.outputShape]);
  const name = graph.node('Reshape', [channelsLastOf(inputOf(use), graph), sizes]);
  return fromChannelsLast(name, use.outputShape, graph);
};

export const writePermute: LayerWriter = (use, graph) => {
  const { dims } = settingsOf(use, z.object({ dims: z.array(z.number()) }));
  const name = graph.node('Transpose', [channelsLastOf(inputOf(use), graph)], { perm: ints(0, ...dims) });
  return fromChannelsLast(name, use.outputShape, graph);
};

const sides = z.tuple([pair, pair]);

export const writeZeroPadding: LayerWriter = (use, graph) => {
  const { padding } = settingsOf(use, z.object({ padding: sides, dataFormat: channelsLast }));
  const [[above, below], [left, right]] = padding;
  const pads = graph.wholes('pads', [0, 0, above, left, 0, 0, below, right]);
  const name = graph.node('Pad', [inputOf(use).name, pads], { mode: text('constant') });
  return { name, shape: use.outputShape };
};

export const writeCropping: LayerWriter = (use, graph) => {
  const { cropping } = settingsOf(use, z.object({ cropping: sides, dataFormat: channelsLast }));
  const [[above], [left]] = cropping;
  const [height, width] = use.outputShape;
  const starts = graph.wholes('starts', [above, left]);
  const ends = graph.wholes('ends', [above + present(height, 'height'), left + present(width, 'width')]);
  const axes = graph.wholes('axes', [2, 3]);
  return { name: graph.node('Slice', [inputOf(use).name, starts, ends, axes]), shape: use.outputShape };
};

const upSampling = z.object({
  size: pair,
  dataFormat: channelsLast,
  interpolation: z.enum(['nearest', 'bilinear']),
});

/** From the corner of a pixel and not its middle, as TensorFlow.js does it. */
export const writeUpSampling: LayerWriter = (use, graph) => {
  const { size, interpolation } = settingsOf(use, upSampling);
  const scales = graph.floats('scales', Float32Array.of(1, 1, ...size), [4]);
  const name = graph.node('Resize', [inputOf(use).name, '', scales], {
    mode: text(interpolation === 'nearest' ? 'nearest' : 'linear'),
    coordinate_transformation_mode: text('asymmetric'),
    ...(interpolation === 'nearest' && { nearest_mode: text('floor') }),
  });
  return { name, shape: use.outputShape };
};

/** x scale + offset */
export const writeRescaling: LayerWriter = (use, graph) => {
  const { scale, offset } = settingsOf(use, z.object({ scale: z.number(), offset: z.number() }));
  const { name, shape } = inputOf(use);
  const scaled = graph.node('Mul', [name, graph.scalar('scale', scale)]);
  return { name: graph.node('Add', [scaled, graph.scalar('offset', offset)]), shape };
};
