/** What must hold whatever the user wrote: its failure is a bug in dnc, never a user's mistake. */

export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** Throws an `InternalError` unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** For a branch that the types prove impossible. */
export function unreachable(value: never): never {
  throw new InternalError(`unexpected ${String(value)}`);
}
