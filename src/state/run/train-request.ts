import type { TrainingConfig } from '../../config/training-config.ts';
import type { TrainingSet } from '../../domain/faces.ts';
import { ProblemError } from '../../lib/problem.ts';
import { dataStore } from '../data/data-store.ts';
import { trainingSet } from '../data/training-set.ts';
import { customModelStore, type LoadedCustomModel } from '../settings/custom-model-store.ts';
import { checkForm } from '../settings/settings-form.ts';
import { runStore } from './run-store.ts';

/** What the trainer is asked to train: settings, people and, where the settings ask for it, the person's own network. */
export interface TrainRequest {
  readonly config: TrainingConfig;
  readonly data: TrainingSet;
  readonly own: LoadedCustomModel | null;
}

/** From the fields and the Data screen as they are now. @throws ProblemError where they are not fit for it */
export function makeTrainRequest(): TrainRequest {
  const { network } = customModelStore.getState();
  const checked = checkForm(runStore.getState().form, network?.findings ?? null);
  if (!checked.valid) {
    throw new ProblemError(
      'Some settings are not valid.',
      'Correct the fields marked in red, then start again.',
    );
  }
  const { config } = checked;
  const data = trainingSet(dataStore.getState().snapshot);
  return { config, data, own: config.backbone.kind === 'own' ? network : null };
}
