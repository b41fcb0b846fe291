import { createRoot } from 'react-dom/client';
import { startIngestWorker, startTrainerWorker } from './client/workers.ts';
import { present } from './lib/assert.ts';
import { openDoors } from './state/doors.ts';
import { App } from './ui/App.tsx';

openDoors({ ingest: startIngestWorker, trainer: startTrainerWorker });
createRoot(present(document.getElementById('root'), 'the root element')).render(<App />);
