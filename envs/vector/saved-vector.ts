/**
 * The saved state of a vector environment, read. Every kind can go on from what another saved: struct-of-arrays.ts writes nothing beside the
 * environments, whose wrappers know the rest.
 */
import type { Json } from '../json.js'
import { savedBoolean, savedCount, savedList, savedObject } from '../saved.js'

export interface SavedVector {
  /** State of each single environment. */
  readonly envs: readonly Json[]
  /** Whether its next step is a reset (next-step). */
  readonly waiting: readonly boolean[]
  /** Steps of its episode so far. */
  readonly steps: readonly number[]
  /** Whether there was a first reset. */
  readonly started: boolean
}

/** @throws EnvError naming the field that is not as `save` writes it */
export function savedVector(name: string, saved: Json, numEnvs: number): SavedVector {
  const object = savedObject(`${name}.load`, saved)
  const envs = savedList(`${name}.load: envs`, object['envs'], numEnvs)
  const waiting = savedList(`${name}.load: waiting`, object['waiting'], numEnvs)
  const steps = savedList(`${name}.load: steps`, object['steps'] ?? envs.map((env) => noted(env, 'elapsed') ?? 0), numEnvs)
  return {
    envs,
    waiting: waiting.map((waits) => savedBoolean(`${name}.load: waiting`, waits)),
    steps: steps.map((count) => savedCount(`${name}.load: steps`, count)),
    started: savedBoolean(`${name}.load: started`, object['started'] ?? noted(envs[0]!, 'started') ?? true),
  }
}

/** What one of the wrappers of a saved environment says; undefined when none does. */
function noted(saved: Json, field: string): Json | undefined {
  for (let here: Json | undefined = saved; typeof here === 'object' && here !== null && !Array.isArray(here); ) {
    const { [field]: value, env } = here as { readonly [key: string]: Json }
    if (value !== undefined) return value
    here = env
  }
  return undefined
}
