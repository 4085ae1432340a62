/** What environments throw. Messages say where, what was expected, what came, and what to do. */
import type { Json } from './json.js'

/** An environment broke its contract, or was used in a way that its contract forbids. */
export class EnvError extends Error {
  override readonly name: string = 'EnvError'
}

/** `step` or `draw` before the first `reset`. */
export class ResetNeededError extends EnvError {
  override readonly name = 'ResetNeededError'
}

/** Anything but `close` after `close`. */
export class ClosedError extends EnvError {
  override readonly name = 'ClosedError'
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

/** An environment in a worker failed. The error that it threw is the `cause`, with its name, message and stack, though not its class. */
export class WorkerEnvError extends EnvError {
  override readonly name = 'WorkerEnvError'
  /** Which environment of the vector, 0 … N−1. */
  readonly env: number
  /** The last seed that it was reset with; null when its state was loaded since. */
  readonly seed: number | null
  /** Number of the step of its episode that failed; when something else failed, of steps done. */
  readonly step: number
  /** The action of the step that failed, as JSON; null when something else failed. */
  readonly action: Json
  /** The name of the error's class: 'TypeError'. */
  readonly originalName: string

  constructor(
    message: string,
    where: { readonly env: number; readonly seed: number | null; readonly step: number; readonly action: Json },
    cause: Error,
  ) {
    super(message, { cause })
    this.env = where.env
    this.seed = where.seed
    this.step = where.step
    this.action = where.action
    this.originalName = cause.name
  }
}

/** A worker died, or did not answer in time. Its environments are lost, and with them the vector environment. */
export class WorkerLostError extends EnvError {
  override readonly name = 'WorkerLostError'
  /** The environments of the worker, first and last. */
  readonly envs: readonly [first: number, last: number]

  constructor(message: string, envs: readonly [first: number, last: number]) {
    super(message)
    this.envs = envs
  }
}
