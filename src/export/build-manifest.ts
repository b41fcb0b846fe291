import { version as programVersion } from '../../package.json';
import { rangeOf } from '../config/backbone.ts';
import { FACE_SIZE } from '../domain/faces.ts';
import { type OperatingPointName, tooFewPairs } from '../domain/operating-point.ts';
import type { EpochReport, TrainReport } from '../domain/training-report.ts';
import type { ImpostorScores } from '../domain/verification.ts';
import { radians, toDegrees } from '../lib/brand.ts';
import { type Channels, luminanceRange, type PixelRange } from '../lib/pixel-range.ts';
import { ProblemError } from '../lib/problem.ts';
import { ALIGNMENT_POINTS, type Manifest, SELF_TEST_PICTURE } from './manifest.ts';

/** A name, and D numbers of length 1. */
export interface Person {
  readonly name: string;
  readonly centre: ArrayLike<number>;
}

export interface ManifestInput {
  readonly name: string;
  readonly report: TrainReport;
  /** How the threshold is chosen. */
  readonly operatingPoint: OperatingPointName;
  /** Class k of the training, with its centre. */
  readonly people: readonly Person[];
  /** People held out of the training whom it knows all the same: the direction of the mean of each one's embeddings. Nobody if not given. */
  readonly enrolled?: readonly Person[];
  /** Of people held out and the centres; null, too, if not given. */
  readonly impostors?: ImpostorScores | null;
  readonly inputSize: number;
  readonly channels: Channels;
  readonly embeddingSize: number;
  readonly created: Date;
  readonly weights?: Manifest['weights'];
  /** Raw embedding of the self-test picture. */
  readonly selfTest: readonly number[];
}

/**
 * The manifest of a run. It names the people of the training set, none of a separate verification set; files appear nowhere.
 *
 * @throws ProblemError where there are too few pairs for the operating point
 */
export function buildManifest(input: ManifestInput): Manifest {
  const { report } = input;
  const { split } = report;
  const given = rangeOf(report.config.backbone);
  const range = input.channels === 1 ? luminanceRange(given) : given;
  return {
    schemaVersion: 1,
    program: { name: 'arcface-studio', version: programVersion },
    name: input.name,
    created: input.created.toISOString(),
    preprocessing: {
      alignedSize: FACE_SIZE,
      inputSize: input.inputSize,
      resize: input.inputSize === FACE_SIZE ? 'none' : input.inputSize < FACE_SIZE ? 'area' : 'bilinear',
      channels: input.channels === 1 ? 'luminance' : 'RGB',
      mean: oneOrThree(range.mean),
      divisor: oneOrThree(range.divisor),
    },
    alignment: {
      transform: 'similarity, least squares',
      points: {
        leftEye: [...ALIGNMENT_POINTS.leftEye],
        rightEye: [...ALIGNMENT_POINTS.rightEye],
        nose: [...ALIGNMENT_POINTS.nose],
        leftMouthCorner: [...ALIGNMENT_POINTS.leftMouthCorner],
        rightMouthCorner: [...ALIGNMENT_POINTS.rightMouthCorner],
      },
    },
    embedding: { size: input.embeddingSize, flipAveraging: true, normalisation: 'l2' },
    ...(input.weights && { weights: input.weights }),
    threshold: thresholdOf(report, input.operatingPoint),
    people: input.people.map(written),
    enrolled: (input.enrolled ?? []).map(written),
    impostors: input.impostors ?? null,
    training: report.config,
    scale: { ...report.scale },
    backend: { name: report.backend.name, device: report.backend.device },
    metrics: {
      baseline: measured(report.baseline),
      best: measured(report.best),
      separateSet: report.verify,
      trainingSeconds: report.seconds.train,
    },
    data: {
      trainPeople: split.trainPeople,
      trainPhotos: split.trainPhotos,
      heldOutPhotos: split.heldOutPhotos,
      verificationPeople: split.verificationPeople.length,
      verificationPhotos: split.verificationPhotos,
      notMeasured: [...split.notMeasured],
    },
    remarks: [...report.remarks],
    selfTest: { picture: SELF_TEST_PICTURE, embedding: [...input.selfTest] },
  };
}

const written = ({ name, centre }: Person): Manifest['people'][number] => ({
  name,
  // Eight digits are more than a float32 holds, and half as long as all of a float64's.
  centre: Array.from(centre, (value) => Number(value.toPrecision(8))),
});

/** One number where the three channels have the same. */
function oneOrThree([red, green, blue]: PixelRange['mean']): number | [number, number, number] {
  return red === green && green === blue ? red : [red, green, blue];
}

/** From the set that was given for verification, else from the held-out people: the first had no part in the run. */
function thresholdOf(report: TrainReport, name: OperatingPointName): Manifest['threshold'] {
  const verification = report.verify?.best ?? report.best.verification;
  if (verification === null) return null;
  const { genuinePairs, impostorPairs } = verification;
  const point = verification.operatingPoints.find((one) => one.name === name);
  if (!point) {
    throw new ProblemError(tooFewPairs(name, impostorPairs), 'Choose another operating point.');
  }
  return {
    cosine: point.threshold,
    operatingPoint: name,
    rates: 'cross-validated',
    angleDegrees: toDegrees(radians(Math.acos(point.threshold))),
    falseAcceptRate: point.far,
    falseRejectRate: point.frr,
    genuinePairs,
    impostorPairs,
    measuredOn: report.verify ? 'separate verification set' : 'people held out of training',
  };
}

function measured(epoch: EpochReport): Manifest['metrics']['best'] {
  const { loss, trainAccuracy, heldOutAccuracy, verification } = epoch;
  return { epoch: epoch.epoch, loss, trainAccuracy, heldOutAccuracy, verification };
}
