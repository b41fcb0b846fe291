import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { OperatingPointName } from '../src/domain/operating-point.ts';
import type { VerificationReport } from '../src/domain/verification.ts';
import { ProblemError } from '../src/lib/problem.ts';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, chooseModel, save, withHeadlessPage } from './browser.ts';
import { unpack } from './unpack.ts';

/** The figures of one verification, without its curve; the threshold is that of an operating point. */
function figures(report: VerificationReport | null, operatingPoint: OperatingPointName) {
  if (report === null) return null;
  const { auc, eer, accuracy, tarAtFar, genuinePairs, impostorPairs, folds, operatingPoints } = report;
  const { threshold, far, frr } = operatingPoints.find(({ name }) => name === operatingPoint) ?? report;
  return {
    ...{ auc, eer, accuracy, tarAtFar, threshold, far, frr, operatingPoints },
    ...{ genuinePairs, impostorPairs, folds },
  };
}

/** `headless -- train`: the last line on stdout is what this returns. */
export async function runTrain(
  command: Extract<Command, { kind: 'train' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  await mkdir(command.out, { recursive: true });
  const name = basename(command.data, extname(command.data)).replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'model';
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    if (command.verify !== null) await choose(page, command.verify, '#verify-folder', null);
    const customModel = await chooseModel(page, command.model);
    const answer = await page.evaluate(
      (request) => {
        if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
        return window.arcfaceHeadless.train(request);
      },
      {
        config: command.config,
        pairs: command.pairs,
        modelName: name,
        operatingPoint: command.operatingPoint,
        customModel,
      },
    );
    if (!answer.ok) throw new ProblemError(answer.problem.what, answer.problem.remedy);
    const { report, data, verify, pairs, notes, url, reloadMaxDifference, operatingPoint } = answer.value;

    const zip = join(command.out, `${name}.zip`);
    await save(page, url, zip);
    const unpacked = await unpack(zip, join(command.out, 'model'));
    const reportFile = join(command.out, 'report.json');
    await writeFile(
      reportFile,
      `${JSON.stringify({ ...report, rejected: data.rejected, notes }, null, 1)}\n`,
    );

    return {
      identities: data.identities,
      photos: data.photos,
      faces: data.faces,
      rejected: data.rejected.length,
      backend: report.backend.name,
      threads: report.backend.threads,
      seconds: {
        ingest: data.seconds,
        ingestVerify: verify?.seconds ?? 0,
        prepare: report.seconds.prepare,
        train: report.seconds.train,
        evaluate: report.seconds.evaluate,
      },
      imagesPerSecond: report.imagesPerSecond,
      loss: report.best.loss,
      accuracy: report.best.heldOutAccuracy ?? report.best.trainAccuracy,
      bestEpoch: report.best.epoch,
      evaluatedPerEpoch: report.evaluated,
      baseline: figures(report.verify?.baseline ?? report.baseline.verification, operatingPoint),
      verification: figures(report.verify?.best ?? report.best.verification, operatingPoint),
      operatingPoint,
      verifyFaces: verify === null ? null : { photos: verify.photos, faces: verify.faces },
      verifyPairs: pairs,
      reloadMaxDifference,
      remarks: [...report.remarks, ...report.split.notMeasured, ...notes],
      files: [zip, ...unpacked, reportFile],
    };
  });
}
