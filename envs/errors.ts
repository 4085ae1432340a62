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
  /** What happened to other environments in the same call. */
  readonly also: readonly EnvError[]

  constructor(
    message: string,
    where: { readonly env: number; readonly step: number; readonly field: 'observation' | 'reward' },
    also: readonly EnvError[] = [],
  ) {
    super(message)
    this.env = where.env
    this.step = where.step
    this.field = where.field
    this.also = also
  }
}

/** Where an environment of a vector stood when it failed: reset it with the seed, and the same actions lead there again. */
export interface FailurePlace {
  /** Which environment of the vector, 0 … N−1. */
  readonly env: number
  /** The last seed that it was reset with; null when its state was loaded since, or it was never reset. */
  readonly seed: number | null
  /** Episodes begun since that seed, 1 for the first; 0 before the first reset. */
  readonly episode: number
  /** Number of the step of its episode that failed; when something else failed, of steps done. */
  readonly step: number
  /** What failed: 'step', 'reset', 'draw', 'save', 'load' or 'close'. */
  readonly method: string
  /** The action of the step that failed, as JSON; null when something else failed. */
  readonly action: Json
}

/**
 * An environment of a vector failed, wherever it runs. What it threw is the `cause`: the very error, or from a worker one with its name,
 * message and stack, though not its class. The other environments have done what they were asked.
 */
export class FailedEnvError extends EnvError implements FailurePlace {
  override readonly name = 'FailedEnvError'
  declare readonly cause: Error
  readonly env: number
  readonly seed: number | null
  readonly episode: number
  readonly step: number
  readonly method: string
  readonly action: Json
  /** The name of the error's class: 'TypeError'. */
  readonly originalName: string
  /** What happened to other environments in the same call. */
  readonly also: readonly EnvError[]

  constructor(message: string, place: FailurePlace, cause: Error, also: readonly EnvError[] = []) {
    super(message, { cause })
    this.env = place.env
    this.seed = place.seed
    this.episode = place.episode
    this.step = place.step
    this.method = place.method
    this.action = place.action
    this.originalName = cause.name
    this.also = also
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
