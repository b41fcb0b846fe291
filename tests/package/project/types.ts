/** Every public name in use, for the compiler. */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  type BackboneConfig,
  backbones,
  type Centres,
  canVerify,
  chooseScale,
  cosines,
  cosinesToAll,
  createBackbone,
  createHead,
  createLearner,
  createRandom,
  disposeHead,
  disposeLearner,
  type Head,
  type HeadLoss,
  type HeadStart,
  type HeadWeight,
  type HeadWithBank,
  type Learner,
  type LearnerStart,
  type Logits,
  type LossSettings,
  learningRate,
  lossOf,
  type MadeBackbone,
  type MarginConfig,
  type MarginInput,
  marginMeta,
  marginStrength,
  margins,
  meanCentres,
  type OptimiserConfig,
  type PresetName,
  type Problem,
  ProblemError,
  parseConfig,
  parseMargin,
  parsePartialConfig,
  presets,
  type Random,
  type RocPoint,
  randomCentres,
  type Scale,
  type ScheduleConfig,
  type StepOptions,
  Trainer,
  type TrainerConfig,
  type TrainingBatch,
  type TrainingConfig,
  type VerificationInput,
  type VerificationPair,
  type VerificationReport,
  verify,
} from 'arcface-studio';
import { ArcFace, type ArcFaceLayerConfig } from 'arcface-studio/layer';
import { bestOptions, type SimdOptions, startSimd } from 'arcface-studio/simd';

/** Any type of the package that fell back to `any` would let a wrong use pass: the compiler must complain of these. */
export function wrong(): void {
  // @ts-expect-error a margin that there is not
  const margin: MarginInput = { kind: 'nobody-knows-it' };
  // @ts-expect-error a setting of another margin
  const other: MarginInput = { kind: 'cosface', m1: 1 };
  // @ts-expect-error units are missing
  const layer = new ArcFace({ scale: 16 });
  // @ts-expect-error a number is no list of numbers
  const centres: Float32Array = randomCentres(3, '8', createRandom(1));
  // @ts-expect-error a batch without labels
  const batch: TrainingBatch = { inputs: tf.zeros([1]) };
  console.log(margin, other, layer, centres, batch);
}

export async function right(): Promise<VerificationReport> {
  const options: SimdOptions = { ...bestOptions(), threads: 1, shared: false };
  await startSimd(options);
  const random: Random = createRandom(1);
  const backbone: MadeBackbone = { kind: 'small-cnn', inputSize: 32, embeddingSize: 16 };
  const any: BackboneConfig = backbone;
  const network: tfl.LayersModel = createBackbone(backbone, random);

  const input: MarginInput = { kind: 'cosface', m3: 0.2 };
  const margin: MarginConfig = parseMargin(input);
  const preset: PresetName = 'scratch';
  const whole: TrainingConfig = parseConfig({ ...presets[preset], margin });
  const config: TrainerConfig = parsePartialConfig({ ...whole, backbone: any });
  const optimiser: OptimiserConfig = config.optimiser;
  const schedule: ScheduleConfig = whole.schedule;

  const scale: Scale = chooseScale('auto', 3);
  const start: LearnerStart = { centres: randomCentres(3, 16, random), scale: scale.value, random };
  const learner: Learner = createLearner(network, whole, start);
  const trainer = new Trainer(learner, config);
  const batch: TrainingBatch = { inputs: tf.zeros([2, 32, 32, 3]), labels: [0, 1] };
  const step: StepOptions = {
    rate: learningRate({ learningRate: 0.1, schedule }, 0, 10),
    strength: marginStrength(margin, 0, 10),
  };
  const numbers: tf.Tensor1D = await trainer.step([batch], step);
  const embeddings = tf.zeros<tf.Rank.R2>([2, 16]);
  const toAll: tf.Tensor2D = cosinesToAll(learner, embeddings);
  trainer.dispose();
  disposeLearner(learner);

  const first: HeadStart = { centres: start.centres, dimension: 16, scale: 8, sampledClasses: 3 };
  const { head, bank }: HeadWithBank = createHead(margin, first, random);
  const settings: LossSettings = { strength: 1, scale: 8, smoothing: 0 };
  const loss: HeadLoss = lossOf(head, embeddings, tf.tensor1d([0, 1], 'int32'), settings);
  const logits: Logits = head.logits(embeddings, null, settings);
  const weight: HeadWeight | undefined = head.weights[0];
  const same: Head = head;
  disposeHead(same);
  const centres: Centres = tf.variable(tf.zeros<tf.Rank.R2>([3, 16]));
  const cosine: tf.Tensor2D = cosines(embeddings, centres);
  const means: Float32Array = meanCentres(start.centres, 16, [0, 1, 2], 3);

  const layerConfig: ArcFaceLayerConfig = { units: 3, margin: input };
  const layer: tfl.layers.Layer = new ArcFace(layerConfig);
  console.log(optimiser, numbers, toAll, bank, loss.loss, logits.logits, weight?.name, cosine, means, layer);
  console.log(marginMeta(margin).label, margins.length, backbones.length);

  const pair: VerificationPair = { a: 0, b: 1, genuine: true };
  const verification: VerificationInput = {
    embeddings: start.centres,
    dimension: 16,
    person: [0, 0, 1],
    folds: [[pair]],
  };
  if (!canVerify(verification)) {
    const problem: Problem = new ProblemError('Too few pairs.', 'Give more.').problem;
    throw new Error(problem.what);
  }
  const report: VerificationReport = verify(verification);
  const point: RocPoint | undefined = report.roc[0];
  console.log(point?.far);
  return report;
}
