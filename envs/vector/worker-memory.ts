/**
 * What the main thread and the workers of a vector environment share: one block of memory for numbers, and the form of their messages.
 *
 * Every step goes through the memory alone: the caller writes actions, each worker its own rows of results. A request is a counter that
 * goes up and wakes one worker; the last worker to answer wakes the caller. Everything rare (resets, saves, drawings, errors) is a message
 * beside it. The caller reads rows only after all have answered, so nothing is seen half written.
 */
import type { Drawing } from '../canvas/canvas.js'
import type { Info } from '../core.js'
import type { FailurePlace } from '../errors.js'
import type { Json } from '../json.js'
import type { EnvOptions, EnvSpec } from '../registry.js'
import type { AutoresetMode } from './vector-env.js'

/** Which environment workers make: one that is registered, or what a module exports. */
export type EnvSource = {
  readonly kwargs?: EnvOptions
  /** Instead of the registered time limit; null: none. */
  readonly maxEpisodeSteps?: number | null
} & (
  | {
      /** 'CartPole-v1' */
      readonly id: string
      /** URL of a module that registers it, or whose default export does: for environments that are not the library's. */
      readonly module?: string | undefined
    }
  | {
      /** URL of a module that exports a registration, or a function (kwargs, index) that makes environment `index`: an Env or a FunctionalEnv. */
      readonly module: string
      /** Name of the export. Default 'default'. */
      readonly export?: string
    }
)

/** What a worker is given at its start. Environments first … first + count − 1 of N are its own. */
export interface WorkerTask {
  readonly source: EnvSource
  readonly first: number
  readonly count: number
  readonly numEnvs: number
  readonly autoreset: AutoresetMode
  readonly index: number
  readonly control: Int32Array
}

/** Requests beside a step. */
export type Request =
  | { readonly kind: 'memory'; readonly block: SharedArrayBuffer }
  | {
      readonly kind: 'reset'
      readonly seed?: readonly number[]
      readonly mask?: readonly boolean[]
      readonly options?: Readonly<Record<string, unknown>>
    }
  | { readonly kind: 'infos' | 'save' | 'close' }
  | { readonly kind: 'draw' | 'saveOne'; readonly index: number }
  | { readonly kind: 'load'; readonly saved: Json }

export type Reply =
  | {
      readonly kind: 'ready'
      readonly observationSpace: Json
      readonly actionSpace: Json
      readonly spec: EnvSpec | null
      readonly drawable: boolean
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'infos'; readonly infos: readonly Info[] }
  | { readonly kind: 'drawing'; readonly drawing: Drawing }
  | { readonly kind: 'saved'; readonly saved: Json }
  | { readonly kind: 'failed'; readonly failures: readonly Failure[] }
  | { readonly kind: 'died'; readonly reason: string }

/** An error on its way out of a worker: classes do not cross, so what they say is written down. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Which environment failed, and doing what; null when none of them did. */
  readonly at: FailurePlace | null
  /** What a NonFiniteError knows. */
  readonly nonFinite: { readonly env: number; readonly step: number; readonly field: 'observation' | 'reward' } | null
}

/** Workers that have not yet answered: the one word that the caller waits on. */
export const PENDING = 0
const LINE = 16 // words in a cache line, so that one worker's words do not slow another's

/** The words of worker w: requests so far, which of them the last is, and how the worker is. */
export const requestWord = (worker: number) => LINE * (worker + 1)
export const commandWord = (worker: number) => LINE * (worker + 1) + 1
export const stateWord = (worker: number) => LINE * (worker + 1) + 2

export const STEP = 1 // the command that comes without a message
export const MESSAGE = 2

/** `WELL`: answered. `BUSY`: not yet. `FAILED`: answered with a failure, by message. `DEAD`: will never answer again. */
export const WELL = 0
export const BUSY = 1
export const FAILED = 2
export const DEAD = 3

export function controlWords(workers: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * LINE * (workers + 1)))
}

/** The arrays of N environments in one block. */
export interface SharedRows {
  readonly block: SharedArrayBuffer
  readonly actions: Float64Array
  readonly rewards: Float64Array
  readonly observations: Float32Array
  readonly finalObservations: Float32Array
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
}

/** Rows first … first + count − 1 of a block for N environments; a new block when none is given. */
export function sharedRows(
  numEnvs: number,
  observationSize: number,
  actionSize: number,
  {
    first = 0,
    count = numEnvs,
    block: given,
  }: { readonly first?: number; readonly count?: number; readonly block?: SharedArrayBuffer } = {},
): SharedRows {
  const block = given ?? new SharedArrayBuffer(numEnvs * (8 * actionSize + 8 + 2 * 4 * observationSize + 2))
  let at = 0
  /** The rows of the next array in the block, widest numbers first so that all stay aligned. */
  const next = <T>(
    Type: { new (block: SharedArrayBuffer, at: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
    width: number,
  ): T => {
    const rows = new Type(block, at + first * width * Type.BYTES_PER_ELEMENT, count * width)
    at += numEnvs * width * Type.BYTES_PER_ELEMENT
    return rows
  }
  return {
    block,
    actions: next(Float64Array, actionSize),
    rewards: next(Float64Array, 1),
    observations: next(Float32Array, observationSize),
    finalObservations: next(Float32Array, observationSize),
    terminated: next(Uint8Array, 1),
    truncated: next(Uint8Array, 1),
  }
}
