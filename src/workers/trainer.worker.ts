import * as tf from '@tensorflow/tfjs-core';
import { serve, type WorkerScope } from '../protocol/serve.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { createTrainer } from './trainer-service.ts';

// The page's typings see `self` as a window; here it is a worker's scope, and this is the part of it that is used.
declare const self: WorkerScope<TrainerCalls, TrainerEvent>;

tf.enableProdMode();
const send = serve<TrainerCalls, TrainerEvent>(
  self,
  createTrainer((event) => send(event)),
);
