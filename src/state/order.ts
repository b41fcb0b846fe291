import type { TrainingConfig } from '../config/training-config.ts';
import { ProblemError } from '../lib/problem.ts';
import type { TrainingSet } from '../protocol/faces.ts';
import { dataStore } from './data-store.ts';
import { checkDraft } from './draft.ts';
import { type OwnNetwork, ownStore } from './own-store.ts';
import { runStore } from './run-store.ts';
import { trainingSet } from './training-set.ts';

/** What the trainer is asked to train: settings, people and, where the settings ask for it, the person's own network. */
export interface Order {
  readonly config: TrainingConfig;
  readonly data: TrainingSet;
  readonly own: OwnNetwork | null;
}

/** From the fields and the Data screen as they are now. @throws ProblemError where they are not fit for it */
export function makeOrder(): Order {
  const { network } = ownStore.getState();
  const checked = checkDraft(runStore.getState().draft, network?.findings ?? null);
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
