import type { SourceFile } from '../domain/faces.ts';
import { throwIfAborted } from '../lib/problem.ts';
import type { IngestCalls, Survey } from '../protocol/ingest.ts';
import type { Connection } from './connect.ts';

/** Files in a message: a file from disk takes the page up to half a millisecond to send. */
const AT_ONCE = 100;

/**
 * Hands files to the worker in pieces, and has it survey them.
 *
 * @param onSent called after each piece, with the number of files so far
 * @throws ProblemError, CancelledError
 */
export async function surveyFiles(
  ingest: Pick<Connection<IngestCalls>, 'call'>,
  sources: readonly SourceFile[],
  signal: AbortSignal,
  onSent: (sent: number) => void,
): Promise<Survey> {
  let sent = 0;
  for (; sources.length - sent > AT_ONCE; sent += AT_ONCE) {
    throwIfAborted(signal);
    await ingest.call('receive', { sources: sources.slice(sent, sent + AT_ONCE), first: sent === 0 });
    onSent(sent + AT_ONCE);
  }
  return ingest.call('survey', { sources: sources.slice(sent), continued: sent > 0 }, signal);
}
