import { ProblemError, throwIfAborted } from '../lib/problem.ts';

const REMEDY =
  'Check the connection, and that model.zip lies beside index.html on the server. Then load the model again.';

/**
 * Fetches the model that an exported page lies beside.
 *
 * @param onProgress bytes so far, and in all; 0 where the server does not say how many
 * @throws ProblemError, CancelledError
 */
export async function fetchPageModel(
  address: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  try {
    const answer = await fetch(address, { signal });
    if (!answer.ok) throw missing(`the server answers ${answer.status}`);
    // Of a compressed answer the length would be that of what is sent.
    const length = answer.headers.has('content-encoding') ? 0 : Number(answer.headers.get('content-length'));
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let done = 0;
    const reader = answer.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      done += part.value.length;
      onProgress(done, Math.max(length, done));
    }
    return new Blob(parts, { type: 'application/zip' });
  } catch (thrown) {
    throwIfAborted(signal);
    if (thrown instanceof ProblemError) throw thrown;
    throw missing(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const missing = (why: string): ProblemError =>
  new ProblemError(`The model of this page could not be fetched: ${why}.`, REMEDY);
