import * as tf from '@tensorflow/tfjs-core';
import type { MarginConfig } from '../../config/training-config.ts';
import type { Random } from '../../lib/random.ts';
import { AngularHead, centresPerClass } from './angular.ts';
import { CentreBank } from './centre-bank.ts';
import type { Centres } from './centres.ts';
import type { Head } from './head.ts';
import { SoftmaxHead } from './softmax.ts';
import { SphereFace2Head } from './sphereface2.ts';

/** What a head starts from. */
export interface HeadStart {
  /** One centre a class, [K, D], row-major. */
  readonly centres: Float32Array;
  readonly dimension: number;
  /** Scale with which training begins. */
  readonly scale: number;
  /** Classes that a step compares with; all of them where that is no fewer than there are. */
  readonly sampledClasses: number;
}

/** A head, and the bank that its centres come from where it never sees all of them at once. */
export interface HeadWithBank {
  readonly head: Head;
  readonly bank: CentreBank | null;
}

/** How far apart the several centres of a class start, as a share of their length. */
const SPREAD = 0.1;

/** The head of a configured margin on the active backend. Freed by {@link disposeHead}. */
export function createHead(config: MarginConfig, start: HeadStart, random: Random): HeadWithBank {
  const each = centresPerClass(config);
  const { dimension, sampledClasses: drawn, scale } = start;
  const table =
    each === 1
      ? start.centres
      : scatterSubCentres(start.centres, dimension, each, random.fork('sub-centres'));
  const margins = random.fork('margins');
  if (drawn < start.centres.length / dimension) {
    const bank = new CentreBank(table, { dimension, each, drawn }, random.fork('bank'));
    return { head: headOf(config, bank.centres, scale, margins), bank };
  }
  const shape: [number, number] = [table.length / dimension, dimension];
  const centres = tf.tidy(() => tf.variable<tf.Rank.R2>(tf.tensor2d(table, shape)));
  return { head: headOf(config, centres, scale, margins), bank: null };
}

/** A head over given centres [K * S, D]. */
export function headOf(config: MarginConfig, centres: Centres, scale: number, random: Random): Head {
  switch (config.kind) {
    case 'softmax':
      return new SoftmaxHead(centres);
    case 'sphereface2':
      return new SphereFace2Head(config, centres, scale);
    default:
      return new AngularHead(config, centres, random);
  }
}

export function disposeHead(head: Head): void {
  tf.dispose([...head.weights.map(({ variable }) => variable), ...head.statistics]);
}

/** Several centres a class, scattered around its first one so that photos can choose between them. */
function scatterSubCentres(
  first: Float32Array,
  dimension: number,
  each: number,
  random: Random,
): Float32Array {
  const result = new Float32Array(first.length * each);
  const deviation = SPREAD / Math.sqrt(dimension);
  for (let row = 0; row < first.length / dimension; row++) {
    const own = first.subarray(row * dimension, (row + 1) * dimension);
    const length = Math.hypot(...own) || 1;
    for (let s = 0; s < each; s++) {
      const at = (row * each + s) * dimension;
      own.forEach((value, d) => {
        result[at + d] = value + (s === 0 ? 0 : length * deviation * random.normal());
      });
    }
  }
  return result;
}
