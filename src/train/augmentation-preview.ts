import { backboneMeta } from '../config/backbone.ts';
import { noAugmentation } from '../config/presets.ts';
import type { AugmentConfig, BackboneConfig, TrainingConfig } from '../config/training-config.ts';
import { imageBatch } from '../dataset/batch.ts';
import { decodeFaces } from '../dataset/face-store.ts';
import type { AugmentationPreview } from '../domain/augmentation-preview.ts';
import { PIXEL_RANGES } from '../lib/pixel-range.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import { createRandom } from '../lib/random.ts';
import type { TrainerCalls } from '../protocol/trainer.ts';
import { trainingModeOf } from './task/create-task.ts';

/**
 * Faces as the network gets them in training: augmented by the code of a run, before bytes are scaled to the network's
 * input. Uses no tensor, so it may work beside a run.
 *
 * The same seed draws the same again with other settings, so that the effect of a setting shows.
 *
 * @throws ProblemError when a face cannot be decoded, CancelledError
 */
export async function previewAugmentation(
  { config, faces, draws, seed }: TrainerCalls['previewAugmentation']['args'],
  signal: AbortSignal,
): Promise<AugmentationPreview> {
  const edge = inputSizeOf(config.backbone);
  const augment = augmentationOf(config);
  const pictures = await decodeFaces(faces, edge, signal);
  const random = createRandom(seed);
  const rows: AugmentationPreview['rows'][number][] = [];
  for (const [i, picture] of pictures.entries()) {
    throwIfAborted(signal);
    const several = Array.from({ length: draws }, () => picture);
    const values = imageBatch(several, edge, augment, PIXEL_RANGES.bytes, random.fork(`face ${i}`));
    const size = edge * edge * 3;
    rows.push({
      original: await encode(picture, edge),
      draws: await Promise.all(
        several.map((_, draw) => encode(values.subarray(draw * size, (draw + 1) * size), edge)),
      ),
    });
  }
  return { edge, rows };
}

/** Edge in pixels of what a network takes. */
export const inputSizeOf = (backbone: BackboneConfig): number => backboneMeta(backbone).inputSize(backbone);

/** The augmentation that is applied: with cached features, mirroring alone. */
function augmentationOf(config: TrainingConfig): AugmentConfig {
  const { backbone, preset, augment } = config;
  const features =
    backbone.kind === 'custom'
      ? preset === 'quick'
      : trainingModeOf({ config, customModel: null, random: createRandom(config.seed) }).kind ===
        'cached-features';
  return features ? { ...noAugmentation, mirror: augment.mirror } : augment;
}

/** @param rgb edge x edge x 3 values 0...255, rounded here. @returns PNG */
function encode(rgb: ArrayLike<number>, edge: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(edge, edge);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) {
    throw new ProblemError(
      'This browser gave no canvas to draw pictures on.',
      'Close other tabs or use another browser.',
    );
  }
  const image = context.createImageData(edge, edge);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    image.data.set([rgb[from] ?? 0, rgb[from + 1] ?? 0, rgb[from + 2] ?? 0, 255], to);
  }
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
