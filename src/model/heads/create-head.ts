import * as tf from '@tensorflow/tfjs-core';
import { type MarginConfig, marginMeta } from '../../config/margin.ts';
import type { Random } from '../../lib/random.ts';
import { headOf as headFromContext } from '../margins/registry.ts';
import { CentreBank } from './centre-bank.ts';
import type { Centres } from './centres.ts';
import type { Head } from './head.ts';

/** What a head starts from. */
export interface HeadStart {
  /** One centre a class, [K, D], row-major. */
  readonly centres: Float32Array;
  /** D */
  readonly dimension: number;
  /** Scale at the start of training. */
  readonly scale: number;
  /** Share of the full margin at the start of training; if not given, 0 with a warm-up and 1 without. */
  readonly strength?: number;
  /** Classes that a step compares with (Partial FC); all of them where that is no fewer than there are. */
  readonly sampledClasses: number;
}

/** A head, and the bank that its centres come from where it never sees all of them at once. */
export interface HeadWithBank {
  readonly head: Head;
  readonly bank: CentreBank | null;
}

/** How far apart the sub-centres of a class start, as a share of their length. */
const SPREAD = 0.1;

/** The head of a configured margin on the active backend. Freed by {@link disposeHead}. */
export function createHead(config: MarginConfig, start: HeadStart, random: Random): HeadWithBank {
  const subCentres = marginMeta(config).centresPerClass(config);
  const { dimension, sampledClasses, scale, strength } = start;
  const table =
    subCentres === 1
      ? start.centres
      : scatterSubCentres(start.centres, dimension, subCentres, random.fork('sub-centres'));
  const margins = random.fork('margins');
  if (sampledClasses < start.centres.length / dimension) {
    const bank = new CentreBank(table, { dimension, subCentres, sampledClasses }, random.fork('bank'));
    return { head: headOf(config, bank.centres, scale, margins, strength), bank };
  }
  const shape: [number, number] = [table.length / dimension, dimension];
  const centres = tf.tidy(() => tf.variable<tf.Rank.R2>(tf.tensor2d(table, shape)));
  return { head: headOf(config, centres, scale, margins, strength), bank: null };
}

/** A head over given centres [K * S, D]. @param strength see {@link HeadStart} */
export const headOf = (
  config: MarginConfig,
  centres: Centres,
  scale: number,
  random: Random,
  strength = 'warmupFraction' in config && config.warmupFraction > 0 ? 0 : 1,
): Head =>
  headFromContext(config, {
    centres,
    scale,
    strength,
    random,
    variable: (_, first, trained) => tf.tidy(() => tf.variable(first(), trained)),
  });

export function disposeHead(head: Head): void {
  tf.dispose([...head.weights.map(({ variable }) => variable), ...head.statistics]);
}

/** The sub-centres of each class: its centre, and others scattered around it so that photos can choose between them. */
function scatterSubCentres(
  first: Float32Array,
  dimension: number,
  subCentres: number,
  random: Random,
): Float32Array {
  const result = new Float32Array(first.length * subCentres);
  const deviation = SPREAD / Math.sqrt(dimension);
  for (let row = 0; row < first.length / dimension; row++) {
    const centre = first.subarray(row * dimension, (row + 1) * dimension);
    const length = Math.hypot(...centre) || 1;
    for (let s = 0; s < subCentres; s++) {
      const at = (row * subCentres + s) * dimension;
      centre.forEach((value, d) => {
        result[at + d] = value + (s === 0 ? 0 : length * deviation * random.normal());
      });
    }
  }
  return result;
}
