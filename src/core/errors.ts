/**
 * The two ways to fail. Messages say where, what was expected, what came, and what to do; everything else that is thrown is our bug.
 */

/** The request cannot be carried out as written: shown without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The request was fine and the run failed: shown without a stack, exit code 1. */
export class RunError extends Error {
  override readonly name = 'RunError'
}
