/// <reference path="./layer-module.d.ts" />
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { ArchiveFile } from '../../lib/archive.ts';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { ArcFace } from '../../library/layer.ts';
import { textFile } from '../documents/common-files.ts';
import type { ExportedModel } from '../formats/format.ts';
import { WEIGHTS_FILE } from '../model-json.ts';
import { frozenFront } from '../torch/training-settings.ts';
import { headMarginOf } from './head-margin.ts';

/** The whole model: face and label in, margined logits out. */
export const HEAD_MODEL_FILE = 'model-with-head.json';
export const HEAD_WEIGHTS_FILE = 'head.bin';
export const LAYER_FILE = 'arcface-layer.js';

/**
 * The files of the whole model, beside those of the backbone, whose weights file it shares.
 *
 * @param specs what is in that weights file
 * @throws ProblemError where there are fewer than two classes
 */
export async function headFiles(
  { model, manifest }: ExportedModel,
  specs: readonly tf.io.WeightsManifestEntry[],
): Promise<ArchiveFile[]> {
  const { people, scale, training } = manifest;
  if (people.length < 2) {
    throw new ProblemError(
      `The model has the class centres of ${people.length} people, and an ArcFace head needs two or more.`,
      'Download it without the head.',
    );
  }
  const head = new ArcFace({
    name: unusedName(model, 'arcface_head'),
    units: people.length,
    scale: scale.value,
    margin: headMarginOf(training),
    seed: training.seed,
  });
  try {
    const topology = wholeTopology(model, head, frozenFront(model, training));
    setCentres(head, people);
    const { weights, data } = await weightsOf(head);
    const modelJson = {
      format: 'layers-model',
      modelTopology: topology,
      weightsManifest: [
        { paths: [WEIGHTS_FILE], weights: specs },
        { paths: [HEAD_WEIGHTS_FILE], weights },
      ],
    };
    const { default: layerCode } = await import('virtual:arcface-layer');
    return [
      textFile(HEAD_MODEL_FILE, JSON.stringify(modelJson)),
      { name: HEAD_WEIGHTS_FILE, data },
      textFile(LAYER_FILE, layerCode),
    ];
  } finally {
    head.dispose();
  }
}

/**
 * The topology of backbone and head. Not disposed of as a model: its layers are the caller's.
 *
 * @param frozen names of layers that are written as not trainable
 */
function wholeTopology(model: tfl.LayersModel, head: ArcFace, frozen: readonly string[]): unknown {
  const labels = tfl.input({ shape: [1], dtype: 'int32', name: unusedName(model, 'labels') });
  const embeddings = present(model.outputs[0], 'the output');
  const logits = head.apply([embeddings, labels]) as tfl.SymbolicTensor; // symbolic tensors in give one out
  const face = present(model.inputs[0], 'the input');
  const topology: unknown = tfl
    .model({ inputs: [face, labels], outputs: logits, name: 'with_head' })
    .toJSON(null, false);
  const parsed = topologySchema.parse(topology);
  for (const { config } of parsed.config.layers) if (frozen.includes(config.name)) config.trainable = false;
  return parsed;
}

const topologySchema = z.looseObject({
  config: z.looseObject({
    layers: z.array(
      z.looseObject({ config: z.looseObject({ name: z.string(), trainable: z.boolean().optional() }) }),
    ),
  }),
});

/** A custom model may have a layer of any name. */
function unusedName(model: tfl.LayersModel, wanted: string): string {
  const names = new Set(model.layers.map(({ name }) => name));
  let name = wanted;
  for (let i = 1; names.has(name); i++) name = `${wanted}_${i}`;
  return name;
}

function setCentres(head: ArcFace, people: ExportedModel['manifest']['people']): void {
  const [centres] = head.getWeights();
  const [rows, columns] = present(centres, 'the centres').shape;
  const values = Float32Array.from(people.flatMap(({ centre }) => centre));
  tf.tidy(() => {
    const given = tf.tensor2d(values, [present(rows, 'K'), present(columns, 'D')]);
    head.setWeights([given, ...head.getWeights().slice(1)]);
  });
}

/** The weights of the head one behind the other, and what they are. */
async function weightsOf(head: ArcFace): Promise<{
  readonly weights: readonly tf.io.WeightsManifestEntry[];
  readonly data: Uint8Array<ArrayBuffer>;
}> {
  const weights: tf.io.WeightsManifestEntry[] = [];
  const parts: BlobPart[] = [];
  for (const weight of head.weights) {
    const value = weight.read();
    weights.push({ name: weight.originalName, shape: value.shape, dtype: 'float32' });
    parts.push((await value.data<'float32'>()).slice());
  }
  return { weights, data: new Uint8Array(await new Blob(parts).arrayBuffer()) };
}
