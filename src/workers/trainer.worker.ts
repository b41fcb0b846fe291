/// <reference lib="webworker" />
import { serve } from '../protocol/serve.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { createTrainer } from '../train/trainer.ts';

declare const self: DedicatedWorkerGlobalScope;

const emit = serve<TrainerCalls, TrainerEvent>(self, createTrainer((event) => emit(event)));
