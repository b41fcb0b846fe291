import type { TrainingConfig } from '../../config/training-config.ts';
import type { TrainingSet } from '../../domain/faces.ts';
import { ProblemError } from '../../lib/problem.ts';
import { dataStore } from '../data/data-store.ts';
import { trainingSet } from '../data/training-set.ts';
import { customModelStore, type LoadedCustomModel } from '../settings/custom-model-store.ts';
import { checkForm } from '../settings/settings-form.ts';
import { settingsStore } from '../settings/settings-store.ts';

/** What the trainer is asked to train: settings, people and, where the settings ask for it, the custom model. */
export interface TrainRequest {
  readonly config: TrainingConfig;
  readonly data: TrainingSet;
  readonly customModel: LoadedCustomModel | null;
}

/** From the form and the people as they are now. @throws ProblemError where they are not valid */
export function makeTrainRequest(): TrainRequest {
  const { network } = customModelStore.getState();
  const checked = checkForm(settingsStore.getState().form, network?.findings ?? null);
  if (!checked.valid) {
    throw new ProblemError(
      'Some settings are not valid.',
      'Correct the fields marked in red, then start again.',
    );
  }
  const { config } = checked;
  const data = trainingSet(dataStore.getState().snapshot);
  return { config, data, customModel: config.backbone.kind === 'custom' ? network : null };
}
