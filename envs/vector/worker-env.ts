/** What runs inside a worker: its environments, made from their source, each noting where it stood when it failed. */
import type { Env, FunctionalEnv } from '../core.js'
import { EnvError, NonFiniteError } from '../errors.js'
import { functionalEnv } from '../functional-env.js'
import type { Json } from '../json.js'
import { make, type Registration, register, registeredIds } from '../registry.js'
import { orderEnforcing } from '../wrappers/order-enforcing.js'
import { timeLimit } from '../wrappers/time-limit.js'
import { wrapped } from '../wrappers/wrapper.js'
import type { EnvSource, Failure, FailurePlace } from './worker-memory.js'

// biome-ignore lint/suspicious/noExplicitAny: rows of numbers cross between threads, whatever the elements are
type AnyEnv = Env<any, any>

/** Imports what the source names, once, and returns what makes environment after environment. @throws EnvError when it names none */
export async function makerOf(source: EnvSource): Promise<(index: number) => AnyEnv> {
  const { kwargs = {}, maxEpisodeSteps } = source
  const limit = maxEpisodeSteps === undefined ? {} : { maxEpisodeSteps }
  if ('id' in source) {
    if (source.module !== undefined && !registeredIds().includes(source.id)) {
      const exported = await exportOf(source.module, 'default')
      if (!registeredIds().includes(source.id)) register(registrationOf(source.id, source.module, exported))
    }
    return () => make(source.id, kwargs, limit)
  }
  const exported = await exportOf(source.module, source.export ?? 'default')
  if (typeof exported !== 'function') {
    const registration = registrationOf(undefined, source.module, exported)
    if (!registeredIds().includes(registration.id)) register(registration)
    return () => make(registration.id, kwargs, limit)
  }
  return (index) => {
    const made: AnyEnv | FunctionalEnv = exported(kwargs, index)
    const env = 'transition' in made ? orderEnforcing(functionalEnv(made)) : made
    return typeof maxEpisodeSteps === 'number' ? timeLimit(env, maxEpisodeSteps) : env
  }
}

/** `env`, saying to `note` where it stood before anything that it throws leaves it. @param index its number in the whole vector */
export function watched(env: AnyEnv, index: number, note: (place: FailurePlace) => void): AnyEnv {
  let seed: number | null = null
  let episode = 0
  let step = 0
  const noting = <T>(method: string, run: () => T): T => {
    try {
      return run()
    } catch (error) {
      note({ env: index, seed, episode, step, method, action: null })
      throw error
    }
  }
  const { draw } = env
  return wrapped(env, {
    reset: (options) => {
      if (options?.seed !== undefined) {
        seed = options.seed
        episode = 0
      }
      episode++
      step = 0
      return noting('reset', () => env.reset(options))
    },
    step: (action) => {
      step++
      try {
        return env.step(action)
      } catch (error) {
        note({ env: index, seed, episode, step, method: 'step', action: plain(action) })
        throw error
      }
    },
    ...(draw && { draw: (canvas) => noting('draw', () => draw.call(env, canvas)) }),
    save: () => noting('save', () => env.save()),
    load: (saved) => {
      seed = null
      noting('load', () => env.load(saved))
    },
    close: () => noting('close', () => env.close()),
  })
}

/** Whatever was thrown, written down. */
export function failureOf(error: unknown, at: FailurePlace | null): Failure {
  const known = error instanceof Error
  return {
    name: known ? error.name : typeof error,
    message: known ? error.message : String(error),
    stack: known ? (error.stack ?? '') : '',
    at,
    nonFinite: error instanceof NonFiniteError ? { env: error.env, step: error.step, field: error.field } : null,
  }
}

async function exportOf(module: string, name: string): Promise<unknown> {
  return ((await import(module)) as Readonly<Record<string, unknown>>)[name]
}

function registrationOf(id: string | undefined, module: string, exported: unknown): Registration {
  if (typeof exported === 'function' && id !== undefined) return { id, env: exported as () => AnyEnv }
  if (exported !== null && typeof exported === 'object' && ('functions' in exported || 'env' in exported)) {
    return id === undefined ? (exported as Registration) : { ...(exported as Registration), id }
  }
  throw new EnvError(
    `module ${module}: expected ${id === undefined ? '' : `that it registers "${id}", or `}an export that makes an environment, got ${exported === undefined ? 'none' : typeof exported}`,
  )
}

function plain(action: unknown): Json {
  return JSON.parse(
    JSON.stringify(action, (_key, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value)) ?? 'null',
  )
}
