import { basename, extname, join } from 'node:path';
import type { OperatingPointName } from '../src/domain/operating-point.ts';
import type { VerificationReport } from '../src/domain/verification.ts';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, chooseModel, save, unwrap, withHeadlessPage } from './browser.ts';
import { writeJson } from './output.ts';
import { modelZip, unpack } from './unpack.ts';

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
  const model = command.model === null ? null : await modelZip(command.model);
  const name = basename(command.data, extname(command.data)).replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'model';
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    if (command.verify !== null) await page.locator('#verify-folder').setInputFiles(command.verify);
    const customModel = await chooseModel(page, model);
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
        personLevel: command.personLevel,
      },
    );
    const { report, data, verify, pairs, notes, url, reloadMaxDifference, operatingPoint } = unwrap(answer);

    const zip = join(command.out, `${name}.zip`);
    await save(page, url, zip);
    const unpacked = await unpack(zip, join(command.out, 'model'));
    const reportFile = join(command.out, 'report.json');
    await writeJson(reportFile, { ...report, rejected: data.rejected, notes }, 1);

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
