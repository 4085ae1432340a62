/** What environments throw. Messages say where, what was expected, what came, and what to do. */

/** An environment broke its contract, or was used in a way that its contract forbids. */
export class EnvError extends Error {
  override readonly name: string = 'EnvError'
}

/** `step` or `draw` before the first `reset`. */
export class ResetNeededError extends EnvError {
  override readonly name = 'ResetNeededError'
}

/** An option of an environment, or of a reset, that it does not have or cannot use. */
export class EnvOptionError extends EnvError {
  override readonly name = 'EnvOptionError'
}

/** Nobody registered an environment of this name, or the name cannot be one. */
export class UnknownEnvError extends EnvError {
  override readonly name = 'UnknownEnvError'
}

/** An environment gave a number that no learner can use: NaN or infinite. */
export class NonFiniteError extends EnvError {
  override readonly name = 'NonFiniteError'
  /** Which environment of the vector, 0 … N−1. */
  readonly env: number
  /** Steps since the start of its episode; 0 is the reset. */
  readonly step: number
  readonly field: 'observation' | 'reward'

  constructor(message: string, where: { readonly env: number; readonly step: number; readonly field: 'observation' | 'reward' }) {
    super(message)
    this.env = where.env
    this.step = where.step
    this.field = where.field
  }
}
