import { z } from 'zod';
import { ProblemError } from '../../lib/problem.ts';

const REMEDY = 'Download the model again.';

/** @throws ProblemError */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError('The description of the network in the file is no valid JSON.', REMEDY);
  }
}

/** @throws ProblemError that says what of the description is not as it should be */
export function parsedBy<T>(schema: z.ZodType<T>, value: unknown): T {
  try {
    return schema.parse(value);
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown;
    const issue = thrown.issues[0];
    const where = issue?.path.map(String).join('.') || 'all of it';
    throw new ProblemError(
      `The file describes no network as Keras does (${where}: ${issue?.message}).`,
      REMEDY,
    );
  }
}
