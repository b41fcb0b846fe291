import { createRoot } from 'react-dom/client';
import { startRecogniserWorker } from './client/recogniser-worker.ts';
import { present } from './lib/assert.ts';
import { setPageModel } from './state/use/page-model.ts';
import { onRecogniserDeath, onRecogniserEvent } from './state/use/recogniser-store.ts';
import { openConnections } from './state/worker-connections.ts';
import { RecogniserPage } from './ui/RecogniserPage.tsx';

/** An exported page trains nothing. */
const notHere = (): never => {
  throw new Error('Internal error: this page has only the recogniser');
};

openConnections(
  { ingest: notHere, trainer: notHere, recogniser: startRecogniserWorker },
  {
    ingest: () => {},
    trainer: () => {},
    recogniser: onRecogniserEvent,
    recogniserDied: onRecogniserDeath,
  },
);
setPageModel(new URL('model.zip', document.baseURI).href);
createRoot(present(document.getElementById('root'), 'the root element')).render(<RecogniserPage />);
