/**
 * Names of environments, and how each is made. `make` gives one, `makeVec` many; both add what every environment needs.
 *
 * An id is `Name-vN`, or `namespace/Name-vN`. A name without a version means the newest. The library's own list is in standard.ts.
 */
import type { Env, FunctionalEnv } from './core.js'
import type { AnyEnv, EnvNamed } from './env-types.js'
import { EnvError, UnknownEnvError } from './errors.js'
import { functionalEnv } from './functional-env.js'
import type { Json } from './json.js'
import { standard } from './standard.js'
import { didYouMean } from './suggest.js'
import { recordEpisodeStatistics as recordVectorStatistics } from './vector/record-episode-statistics.js'
import { serial } from './vector/serial.js'
import { structOfArrays } from './vector/struct-of-arrays.js'
import type { AutoresetMode, VectorEnv } from './vector/vector-env.js'
import { chooseVectorization, type VectorChoice, type Vectorization, type WorkerKit } from './vector/vectorization.js'
import { closeEnforcing } from './wrappers/close-enforcing.js'
import { orderEnforcing } from './wrappers/order-enforcing.js'
import { recordEpisodeStatistics } from './wrappers/record-episode-statistics.js'
import { timeLimit } from './wrappers/time-limit.js'
import { wrapped } from './wrappers/wrapper.js'

/** Choices of one environment, by name; each environment's file says which it has. */
export type EnvOptions = { readonly [name: string]: Json }

/** What is known of an environment beside its dynamics. */
export interface EnvSpec {
  /** 'CartPole-v1' */
  readonly id: string
  /** Steps after which an episode is truncated; null: never. */
  readonly maxEpisodeSteps: number | null
  /** The mean return that counts as solved, where there is one. */
  readonly rewardThreshold: number | null
  /** Options it was made with, those of its registration included. */
  readonly kwargs: EnvOptions
}

/** One line of the registry: functions where the environment can be written so, else a factory of single environments. */
export type Registration = {
  readonly id: string
  readonly maxEpisodeSteps?: number | null
  readonly rewardThreshold?: number | null
  readonly kwargs?: EnvOptions
  /** URL of the module that registers it, or whose default export this is, so that a worker thread can do the same. */
  readonly module?: string
} & (
  | {
      // biome-ignore lint/suspicious/noExplicitAny: each environment types its own options, observations and actions
      readonly functions: (options: any) => FunctionalEnv<any, any>
    }
  | {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      readonly env: (options: any) => Env<any, any>
    }
)

export interface MakeOptions {
  /** Instead of the registered time limit; null: none. */
  readonly maxEpisodeSteps?: number | null
  /** Adds RecordEpisodeStatistics. Default false. */
  readonly recordStatistics?: boolean
}

export interface MakeVecOptions {
  /** Default 1. */
  readonly numEnvs?: number
  readonly kwargs?: EnvOptions
  /** Default 'same-step'. */
  readonly autoreset?: AutoresetMode
  /** Instead of the registered time limit; null: none. */
  readonly maxEpisodeSteps?: number | null
  /**
   * arrays: functions on one state array. serial: one environment after the other. workers: on other threads. auto, the default: arrays where
   * there are functions, else workers where they are handed in and pay for what a step is measured to cost, else serial. The results are the same.
   */
  readonly vectorization?: Vectorization
  /** Worker threads: `nodeWorkers()` of `tau-rl/envs/workers`. */
  readonly workers?: WorkerKit
}

const ID = /^(?:[\w-]+\/)?[A-Za-z0-9_.:]+(?:-[A-Za-z0-9_.:]+)*-v\d+$/
const NAME = /^(?:[\w-]+\/)?[A-Za-z0-9_.:]+(?:-[A-Za-z0-9_.:]+)*$/

const registry = new Map<string, Registration>()
for (const registration of standard) register(registration)

/** @throws UnknownEnvError when the id is malformed; EnvError when it is taken */
export function register(registration: Registration): void {
  const { id } = registration
  if (!ID.test(id)) throw malformed(id, 'an id such as "Name-v0" or "mine/Name-v0"')
  if (registry.has(id)) throw new EnvError(`register: "${id}" is registered already; choose another name or a higher version`)
  registry.set(id, registration)
}

/** All ids, in alphabetical order. */
export function registeredIds(): string[] {
  return [...registry.keys()].sort()
}

/**
 * The registered id that a name means: itself, or the newest version of it.
 * @throws UnknownEnvError naming near names when there is none
 */
export function resolveId(name: string): string {
  if (registry.has(name)) return name
  if (!NAME.test(name)) throw malformed(name, 'a name such as "CartPole" or "CartPole-v1"')
  const newest = versionsOf(name).at(-1)
  if (newest !== undefined) return newest
  const versions = versionsOf(baseName(name))
  if (versions.length > 0)
    throw new UnknownEnvError(
      `environment "${name}": no such version; there ${versions.length === 1 ? 'is' : 'are'} ${versions.join(', ')}`,
    )
  throw new UnknownEnvError(`environment "${name}" is not registered.${didYouMean(name, [...new Set(registeredIds().map(baseName))])}`)
}

/** What is known of an environment made with its registered options. @throws UnknownEnvError */
export function spec(name: string): EnvSpec {
  const registration = registry.get(resolveId(name))!
  return specOf(registration, {}, registration.maxEpisodeSteps)
}

/**
 * One environment: `make('CartPole')`. Wrapped in OrderEnforcing and TimeLimit. What it observes and does is known from its name
 * (env-types.ts), or said by the caller: `make<Env<number, number>>('mine/Maze-v0')`.
 * @param kwargs the environment's own options, over those of its registration
 * @throws UnknownEnvError, or EnvOptionError for an option that it does not have
 */
export function make<const Name extends string>(name: Name, kwargs?: EnvOptions, options?: MakeOptions): EnvNamed<Name>
export function make<E extends AnyEnv>(name: string, kwargs?: EnvOptions, options?: MakeOptions): E
export function make(name: string, kwargs: EnvOptions = {}, options: MakeOptions = {}): AnyEnv {
  const registration = registry.get(resolveId(name))!
  const { maxEpisodeSteps = registration.maxEpisodeSteps ?? null, recordStatistics = false } = options
  const full = specOf(registration, kwargs, maxEpisodeSteps)
  const ordered = orderEnforcing(bare(registration, full))
  const limited = full.maxEpisodeSteps === null ? ordered : timeLimit(ordered, full.maxEpisodeSteps)
  return recordStatistics ? recordEpisodeStatistics(limited) : limited
}

/**
 * N environments stepped together: `makeVec('CartPole', { numEnvs: 8 })`. Episode statistics are always recorded.
 * @throws UnknownEnvError, EnvOptionError, RangeError when numEnvs or the limit is out of range, or EnvError when it cannot be vectorized so
 */
export function makeVec(name: string, options: MakeVecOptions = {}): VectorEnv {
  const registration = registry.get(resolveId(name))!
  const { numEnvs = 1, kwargs = {}, autoreset = 'same-step', workers } = options
  const maxEpisodeSteps = limitOf(registration, options)

  const vectorized = (): VectorEnv => {
    const { kind } = vectorChoice(name, options)
    if (kind === 'arrays' && 'functions' in registration) {
      const full = specOf(registration, kwargs, maxEpisodeSteps)
      return structOfArrays(registration.functions(full.kwargs), { numEnvs, autoreset, maxEpisodeSteps, spec: full })
    }
    if (kind === 'workers') {
      return workers!.create({ id: registration.id, kwargs, maxEpisodeSteps, module: registration.module }, { numEnvs, autoreset })
    }
    return serial(() => make(name, kwargs, { maxEpisodeSteps }) as AnyEnv, { numEnvs, autoreset })
  }
  return recordVectorStatistics(vectorized())
}

/** What `makeVec` makes of the same arguments, and why. Measured costs differ from time to time, so pass `kind` on where it must be this one. */
export function vectorChoice(name: string, options: MakeVecOptions = {}): VectorChoice {
  const registration = registry.get(resolveId(name))!
  const { id } = registration
  const { numEnvs = 1, kwargs = {}, vectorization = 'auto', workers } = options
  return chooseVectorization(vectorization, {
    id,
    numEnvs,
    functions: 'functions' in registration,
    reachable: registration.module !== undefined || standard.some((own) => own.id === id),
    workers,
    one: () => make(name, kwargs, { maxEpisodeSteps: limitOf(registration, options) }) as AnyEnv,
  })
}

const limitOf = (registration: Registration, { maxEpisodeSteps }: MakeVecOptions): number | null =>
  maxEpisodeSteps === undefined ? (registration.maxEpisodeSteps ?? null) : maxEpisodeSteps

function bare(registration: Registration, full: EnvSpec): Env {
  if ('functions' in registration) return functionalEnv(registration.functions(full.kwargs), full)
  return closeEnforcing(wrapped(registration.env(full.kwargs), { spec: full }))
}

function specOf(registration: Registration, kwargs: EnvOptions, maxEpisodeSteps: number | null | undefined): EnvSpec {
  return {
    id: registration.id,
    maxEpisodeSteps: maxEpisodeSteps ?? null,
    rewardThreshold: registration.rewardThreshold ?? null,
    kwargs: { ...registration.kwargs, ...kwargs },
  }
}

const baseName = (id: string) => id.replace(/-v\d+$/, '')
const version = (id: string) => Number(/\d+$/.exec(id)![0])

/** Registered versions of a name without one, the oldest first. */
function versionsOf(name: string): string[] {
  return [...registry.keys()].filter((id) => baseName(id) === name).sort((a, b) => version(a) - version(b))
}

function malformed(id: string, expected: string): UnknownEnvError {
  return new UnknownEnvError(`"${id}" cannot be the name of an environment: expected ${expected}`)
}
