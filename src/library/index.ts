/** `arcface-studio`: margins and their heads, the trainer, backbones, and verification. */

export { type BackboneConfig, backbones, type MadeBackbone } from '../config/backbone.ts';
export { type MarginConfig, type MarginInput, marginMeta, margins, parseMargin } from '../config/margin.ts';
export { parseConfig, parsePartialConfig } from '../config/parse.ts';
export { presets } from '../config/presets.ts';
export type {
  OptimiserConfig,
  PresetName,
  ScheduleConfig,
  TrainingConfig,
} from '../config/training-config.ts';
export type { VerificationPair } from '../domain/faces.ts';
export type { RocPoint, VerificationReport } from '../domain/verification.ts';
export { canVerify, type VerificationInput, verify } from '../evaluate/verification.ts';
export { type Problem, ProblemError } from '../lib/problem.ts';
export { createRandom, type Random } from '../lib/random.ts';
export { createBackbone } from '../model/backbones/create-backbone.ts';
export { type Centres, cosines, meanCentres, randomCentres } from '../model/heads/centres.ts';
export { createHead, disposeHead, type HeadStart, type HeadWithBank } from '../model/heads/create-head.ts';
export {
  type Head,
  type HeadLoss,
  type HeadWeight,
  type Logits,
  type LossSettings,
  lossOf,
} from '../model/heads/head.ts';
export { chooseScale, type Scale } from '../model/scale.ts';
export {
  cosinesToAll,
  createLearner,
  disposeLearner,
  type Learner,
  type LearnerStart,
} from '../train/step/learner.ts';
export { learningRate, marginStrength } from '../train/step/schedule.ts';
export { type StepOptions, Trainer, type TrainerConfig, type TrainingBatch } from '../train/step/trainer.ts';
