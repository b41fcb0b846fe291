import * as tf from '@tensorflow/tfjs-core';
import type { MarginConfig } from '../../config/training-config.ts';
import { softmaxCrossEntropy } from '../../engine/ops/softmax-cross-entropy.ts';
import { radians } from '../../lib/brand.ts';
import type { Random } from '../../lib/random.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { adaFace, LengthStatistics, plausibleLengths } from '../margins/adaface.ts';
import { arcFace, easy, straightThrough } from '../margins/arcface.ts';
import { combined } from '../margins/combined.ts';
import { cosFace } from '../margins/cosface.ts';
import { curricularFace, Progress } from '../margins/curricularface.ts';
import { elasticFace } from '../margins/elasticface.ts';
import { lengthsOf, magFace } from '../margins/magface.ts';
import { applyMargin, type Margin } from '../margins/margin.ts';
import { sphereFace } from '../margins/sphereface.ts';
import { nearestSubCentre } from '../margins/sub-centres.ts';
import { type Centres, cosines } from './centres.ts';
import type { Head, HeadLoss, HeadWeight, LossSettings } from './head.ts';

/** The margins that change cosines and leave the rest, softmax cross-entropy over scaled cosines, as it is. */
export type AngularConfig = Exclude<MarginConfig, { kind: 'softmax' | 'sphereface2' }>;

interface Margined {
  /** [B, K] */
  readonly cosines: tf.Tensor2D;
  /** Added to the loss. */
  readonly regulariser: tf.Scalar | null;
}

/** embedding -> cosines -> nearest of a class's centres -> margin -> scale -> softmax cross-entropy. */
export class AngularHead implements Head {
  readonly weights: readonly HeadWeight[];
  readonly statistics: readonly tf.Variable[];
  private readonly config: AngularConfig;
  private readonly centres: Centres;
  private readonly random: Random;
  private readonly progress: Progress | null;
  private readonly lengths: LengthStatistics | null;

  /**
   * @param centres [K * S, D]; the head disposes of nothing, its weights are the caller's
   * @param random for margins that are drawn
   */
  constructor(config: AngularConfig, centres: Centres, random: Random) {
    this.config = config;
    this.centres = centres;
    this.random = random;
    this.progress = config.kind === 'curricularface' ? new Progress() : null;
    this.lengths = config.kind === 'adaface' ? new LengthStatistics() : null;
    this.weights = [{ name: 'centres', variable: centres, decay: true }];
    this.statistics = [
      ...(this.progress ? [this.progress.t] : []),
      ...(this.lengths ? [this.lengths.values] : []),
    ];
  }

  loss(embeddings: tf.Tensor2D, labels: tf.Tensor1D, { strength, scale, smoothing }: LossSettings): HeadLoss {
    const scores = this.cosines(embeddings); // [B,K]
    const { cosines: margined, regulariser } = this.margined(embeddings, scores, labels, strength);
    const logits = tf.mul(margined, scale) as tf.Tensor2D; // [B,K]
    const loss = softmaxCrossEntropy(logits, labels, smoothing);
    return { loss: regulariser ? tf.add(loss, regulariser) : loss, scores };
  }

  cosines(embeddings: tf.Tensor2D): tf.Tensor2D {
    return nearestSubCentre(cosines(embeddings, this.centres), centresPerClass(this.config));
  }

  private margined(
    embeddings: tf.Tensor2D,
    scores: tf.Tensor2D,
    labels: tf.Tensor1D,
    strength: number,
  ): Margined {
    const { config } = this;
    const own = (margin: Margin): Margined => ({
      cosines: applyMargin(margin, scores, labels),
      regulariser: null,
    });
    const all = (changed: tf.Tensor2D): Margined => ({ cosines: changed, regulariser: null });
    const asConfigured = (margin: Margin, gradient: 'exact' | 'straight-through'): Margin =>
      gradient === 'exact' ? margin : straightThrough(margin);
    switch (config.kind) {
      case 'none':
        return all(scores);
      case 'arcface': {
        const margin = arcFace(radians(config.m * strength));
        return own(asConfigured(config.easy ? easy(margin) : margin, config.gradient));
      }
      case 'sub-center':
        return own(arcFace(radians(config.m * strength)));
      case 'cosface':
        return own(cosFace(config.m3 * strength));
      case 'sphereface':
        return own(sphereFace(1 + (config.m1 - 1) * strength));
      case 'combined': {
        const m1 = 1 + (config.m1 - 1) * strength;
        const margin = combined({ m1, m2: radians(config.m2 * strength), m3: config.m3 * strength });
        return own(asConfigured(margin, config.gradient));
      }
      case 'elastic-arcface': {
        const drawn = { mean: config.m * strength, deviation: config.deviation * strength };
        return all(elasticFace('arc', drawn, this.random, scores, labels));
      }
      case 'elastic-cosface': {
        const drawn = { mean: config.m3 * strength, deviation: config.deviation * strength };
        return all(elasticFace('cos', drawn, this.random, scores, labels));
      }
      case 'curricularface': {
        const progress = this.progress ?? new Progress();
        progress.take(scores, labels);
        return all(curricularFace(radians(config.m * strength), progress.t, scores, labels));
      }
      case 'adaface': {
        const statistics = this.lengths ?? new LengthStatistics();
        const lengths = plausibleLengths(embeddings);
        statistics.take(lengths);
        return all(adaFace(config.m * strength, statistics.quality(lengths, config.h), scores, labels));
      }
      case 'magface': {
        const { lowerMargin, upperMargin } = config;
        const margins = { lowerMargin: lowerMargin * strength, upperMargin: upperMargin * strength };
        return magFace({ ...config, ...margins }, lengthsOf(embeddings), scores, labels);
      }
      default:
        return unreachable(config);
    }
  }
}

/** How many centres a class has. */
export const centresPerClass = (config: MarginConfig): number =>
  config.kind === 'sub-center' ? config.subCentres : 1;
