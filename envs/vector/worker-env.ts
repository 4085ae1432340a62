/** What runs inside a worker: its environments, made from their source. */
import type { Env, FunctionalEnv } from '../core.js'
import { EnvError } from '../errors.js'
import { functionalEnv } from '../functional-env.js'
import { make, type Registration, register, registeredIds } from '../registry.js'
import { orderEnforcing } from '../wrappers/order-enforcing.js'
import { timeLimit } from '../wrappers/time-limit.js'
import type { EnvSource } from './worker-memory.js'

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
