import type { z } from 'zod';
import { ProblemError } from '../../lib/problem.ts';
import { parsedBy } from '../../model/custom-model/keras-layer.ts';

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
export const describedBy = <T>(schema: z.ZodType<T>, value: unknown): T =>
  parsedBy(schema, value, 'The file describes no network as Keras does', REMEDY);
