import {
  writeActivation,
  writeElu,
  writeLeakyRelu,
  writePrelu,
  writeRelu,
  writeSoftmax,
  writeThresholdedRelu,
} from './activations.ts';
import { writeConv2d, writeDepthwise, writeSeparable } from './convolutions.ts';
import { writeDense } from './dense.ts';
import type { LayerWriter } from './layer-use.ts';
import { extreme, merging, writeAverage, writeConcatenate } from './merges.ts';
import { writeBatchNorm, writeLayerNorm } from './norms.ts';
import { globalPooling, globalPooling1d, pooling } from './poolings.ts';
import {
  writeCropping,
  writeFlatten,
  writeNothing,
  writePermute,
  writeRescaling,
  writeReshape,
  writeUpSampling,
  writeZeroPadding,
} from './shapes.ts';

/** How each kind of layer is written, by the class of the library. */
export const layerWriters: ReadonlyMap<string, LayerWriter> = new Map([
  ['Activation', writeActivation],
  ['Add', merging('Add')],
  ['AlphaDropout', writeNothing],
  ['Average', writeAverage],
  ['AveragePooling2D', pooling('AveragePool')],
  ['BatchNormalization', writeBatchNorm],
  ['Concatenate', writeConcatenate],
  ['Conv2D', writeConv2d],
  ['Cropping2D', writeCropping],
  ['Dense', writeDense],
  ['DepthwiseConv2D', writeDepthwise],
  ['Dropout', writeNothing],
  ['ELU', writeElu],
  ['Flatten', writeFlatten],
  ['GaussianDropout', writeNothing],
  ['GaussianNoise', writeNothing],
  ['GlobalAveragePooling1D', globalPooling1d('ReduceMean')],
  ['GlobalAveragePooling2D', globalPooling('GlobalAveragePool')],
  ['GlobalMaxPooling1D', globalPooling1d('ReduceMax')],
  ['GlobalMaxPooling2D', globalPooling('GlobalMaxPool')],
  ['LayerNormalization', writeLayerNorm],
  ['LeakyReLU', writeLeakyRelu],
  ['Maximum', extreme('Max')],
  ['MaxPooling2D', pooling('MaxPool')],
  ['Minimum', extreme('Min')],
  ['Multiply', merging('Mul')],
  ['Permute', writePermute],
  ['PReLU', writePrelu],
  ['ReLU', writeRelu],
  ['Rescaling', writeRescaling],
  ['Reshape', writeReshape],
  ['SeparableConv2D', writeSeparable],
  ['Softmax', writeSoftmax],
  ['SpatialDropout1D', writeNothing],
  ['ThresholdedReLU', writeThresholdedRelu],
  ['UpSampling2D', writeUpSampling],
  ['ZeroPadding2D', writeZeroPadding],
]);
