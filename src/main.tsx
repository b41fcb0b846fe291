import { startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { startRecogniserWorker } from './client/recogniser-worker.ts';
import { startIngestWorker, startTrainerWorker } from './client/workers.ts';
import { present } from './lib/assert.ts';
import { startEarlyFeatures } from './state/early-features.ts';
import { eventHandlers } from './state/on-event.ts';
import { openConnections } from './state/worker-connections.ts';
import { startWrongFaceSearch } from './state/wrong-face-search.ts';
import { App } from './ui/App.tsx';

openConnections(
  { ingest: startIngestWorker, trainer: startTrainerWorker, recogniser: startRecogniserWorker },
  eventHandlers,
);
startEarlyFeatures();
startWrongFaceSearch();
const root = createRoot(present(document.getElementById('root'), 'the root element'));
// In pieces: every screen is drawn, and as one task that would block the page for a fifth of a second.
startTransition(() => root.render(<App />));
