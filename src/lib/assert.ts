/** States what must hold inside the program; a failure is our mistake, never the person's. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Internal error: ${message}`);
}

/** The value, known to be there; for indexed access that an invariant makes safe. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`Internal error: ${what} is missing`);
  return value;
}
