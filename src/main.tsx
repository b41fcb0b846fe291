import { createRoot } from 'react-dom/client';
import { startIngestWorker, startTrainerWorker } from './client/workers.ts';
import { present } from './lib/assert.ts';
import { startEarlyFeatures } from './state/early-features.ts';
import { eventHandlers } from './state/on-event.ts';
import { openConnections } from './state/worker-connections.ts';
import { startWrongFaceSearch } from './state/wrong-face-search.ts';
import { App } from './ui/App.tsx';

openConnections({ ingest: startIngestWorker, trainer: startTrainerWorker }, eventHandlers);
startEarlyFeatures();
startWrongFaceSearch();
createRoot(present(document.getElementById('root'), 'the root element')).render(<App />);
