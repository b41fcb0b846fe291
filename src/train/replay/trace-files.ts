import { type MarginConfig, marginMeta } from '../../config/margin.ts';
import { present } from '../../lib/assert.ts';
import type { Safetensors } from '../../lib/binary/safetensors.ts';
import { ProblemError } from '../../lib/problem.ts';

/** Reads and checks the files of a trace, which any program may have written. */

const MAX_STEPS = 10_000;
const MAX_BATCH = 1024;
const MAX_CLASSES = 200_000;

const list = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Numbers of exactly this shape, all of them finite. @throws ProblemError */
export async function readTensor(
  file: Safetensors,
  name: string,
  shape: readonly number[],
): Promise<Float32Array> {
  const found = file.shape(name);
  if (found.length !== shape.length || found.some((edge, axis) => edge !== shape[axis])) {
    throw new ProblemError(
      `The weight "${name}" has the shape ${list(found)}, where the configured network has ${list(shape)}.`,
      'Give the weights that belong to config.json.',
    );
  }
  const values = await file.floats(name);
  if (!values.every(Number.isFinite)) throw notFinite(name);
  return values;
}

/** Number of classes by the number of centres. @throws ProblemError where centres and margin do not fit together */
export function classesOf(margin: MarginConfig, init: Safetensors): number {
  const shape = init.shape('centres');
  const each = marginMeta(margin).centresPerClass(margin);
  const classes = (shape[0] ?? 0) / each;
  if (shape.length === 2 && Number.isInteger(classes) && classes >= 2 && classes <= MAX_CLASSES)
    return classes;
  throw new ProblemError(
    `The class centres have the shape ${list(shape)}, which is not [K${each > 1 ? ` x ${each}` : ''}, D] for 2 to ${MAX_CLASSES} classes.`,
    'Write one row for each centre of each class.',
  );
}

/** Number of batches, all of whose shapes have been checked. @throws ProblemError */
export function surveyBatches(batches: Safetensors, edge: number): { readonly steps: number } {
  const steps = batches.names.filter((name) => /^images_\d+$/.test(name)).length;
  if (steps === 0 || steps > MAX_STEPS) {
    throw new ProblemError(
      `The batches are ${steps}; they must be 1 to ${MAX_STEPS}.`,
      'Name their images images_0, images_1, ...',
    );
  }
  for (let step = 0; step < steps; step++) {
    const images = batches.shape(`images_${step}`);
    const [count = 0, height, width, channels] = images;
    if (
      images.length !== 4 ||
      count < 1 ||
      count > MAX_BATCH ||
      height !== edge ||
      width !== edge ||
      channels !== 3
    ) {
      throw new ProblemError(
        `images_${step} has the shape ${list(images)}; the configured network takes [B, ${edge}, ${edge}, 3], B up to ${MAX_BATCH}.`,
        'Give images of that size, rows first, channels last.',
      );
    }
    const labels = batches.shape(`labels_${step}`);
    if (labels.length !== 1 || labels[0] !== count) {
      throw new ProblemError(
        `labels_${step} has the shape ${list(labels)}, where images_${step} has ${count} images.`,
        'Give one label for each image.',
      );
    }
  }
  return { steps };
}

/** One batch. @throws ProblemError where a label is no class or an image has numbers that are not finite */
export async function readBatch(
  batches: Safetensors,
  step: number,
  classes: number,
): Promise<{ images: Float32Array; labels: Int32Array; shape: [number, number, number, number] }> {
  const [count, height, width, channels] = batches
    .shape(`images_${step}`)
    .map((edge) => present(edge, 'a size'));
  const images = await batches.floats(`images_${step}`);
  const labels = await batches.integers(`labels_${step}`);
  const stray = labels.find((label) => label < 0 || label >= classes);
  if (stray !== undefined) {
    throw new ProblemError(
      `labels_${step} holds ${stray}, where the ${classes} classes are 0 to ${classes - 1}.`,
      'Give centres for every class, and labels that count from 0.',
    );
  }
  if (!images.every(Number.isFinite)) throw notFinite(`images_${step}`);
  return { images, labels, shape: [count ?? 0, height ?? 0, width ?? 0, channels ?? 0] };
}

const notFinite = (name: string): ProblemError =>
  new ProblemError(`"${name}" holds numbers that are not finite.`, 'Write finite numbers.');
