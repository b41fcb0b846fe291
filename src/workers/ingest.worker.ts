import { createIngest } from '../ingest/service.ts';
import type { IngestCalls, IngestEvent } from '../protocol/ingest.ts';
import { serve, type WorkerScope } from '../protocol/serve.ts';

// The page's typings see `self` as a window; here it is a worker's scope, and this is the part of it that is used.
declare const self: WorkerScope<IngestCalls, IngestEvent>;

const send = serve<IngestCalls, IngestEvent>(
  self,
  createIngest((event) => send(event)),
);
