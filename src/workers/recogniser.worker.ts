import * as tf from '@tensorflow/tfjs-core';
import type { RecogniserCalls, RecogniserEvent } from '../protocol/recognise.ts';
import { serve, type WorkerScope } from '../protocol/serve.ts';
import { createRecogniser } from './recogniser-service.ts';

// The page's typings see `self` as a window; here it is a worker's scope, and this is the part of it that is used.
declare const self: WorkerScope<RecogniserCalls, RecogniserEvent>;

tf.enableProdMode();
const send = serve<RecogniserCalls, RecogniserEvent>(
  self,
  createRecogniser((event) => send(event)),
);
