import type { TrainingConfig } from '../config/training-config.ts';
import { guessedSettings, unsuitableSettings } from '../domain/custom-model/settings.ts';
import { ProblemError } from '../lib/problem.ts';
import { say } from './page.ts';
import type { Trainer } from './trace.ts';

/**
 * The settings with the custom model, where there is one. What they do not say of it is guessed, and told. Before any
 * photo is read: what is wrong with a model should not cost that time.
 *
 * @throws ProblemError where it cannot be read or trained, or the settings do not fit it
 */
export async function withCustomModel(
  trainer: Trainer,
  config: TrainingConfig,
  model: File | null,
  notes: string[],
): Promise<TrainingConfig> {
  if (model === null) return config;
  say('Checking the model', 0, 0);
  const findings = await trainer.call('inspectModel', { model });
  const given = config.backbone.kind === 'custom' ? config.backbone : null;
  const backbone = given ?? guessedSettings(findings, config.preset);
  const [unsuitable] = unsuitableSettings(backbone, findings, config.preset);
  if (unsuitable) {
    throw new ProblemError(
      `The settings do not fit the custom model: "${unsuitable.field}": ${unsuitable.why}`,
      given ? 'Change "backbone" in the --config file.' : 'Choose another --preset or another model.',
    );
  }
  if (!given) {
    const { inputSizeWhy, rangeWhy } = findings.guess;
    notes.push(`Guessed of the network: ${JSON.stringify(backbone)}. ${inputSizeWhy} ${rangeWhy}`);
  }
  return { ...config, backbone };
}

/** Loads a downloaded model and drops it again. @throws ProblemError that says what is wrong with it */
export async function checkModel(trainer: Trainer, model: File): Promise<void> {
  say('Checking the model', 0, 0);
  await trainer.call('checkDownload', { model });
}
