/**
 * TimeLimit: an episode that has taken `maxSteps` steps is truncated. The environment inside knows nothing of it.
 * The last step may be terminated as well: both flags are told.
 */
import type { Env } from '../core.js'
import type { Json } from '../json.js'
import { savedCount, savedWrapper } from '../saved.js'
import { wrapped } from './wrapper.js'

/** @throws RangeError unless maxSteps is a whole number of at least 1 */
export function timeLimit<O, A>(env: Env<O, A>, maxSteps: number): Env<O, A> {
  checkTimeLimit(maxSteps)
  let elapsed = 0 // steps since the reset
  return wrapped<O, A>(env, {
    spec: env.spec && { ...env.spec, maxEpisodeSteps: maxSteps },
    reset: (options) => {
      elapsed = 0
      return env.reset(options)
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      elapsed++
      return [observation, reward, terminated, truncated || elapsed >= maxSteps, info]
    },
    save: () => savedTimeLimit(env.save(), elapsed),
    load: (saved) => {
      const { elapsed: steps, inside } = loadTimeLimit(saved)
      env.load(inside)
      elapsed = steps
    },
  })
}

export function checkTimeLimit(maxSteps: number): void {
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) {
    throw new RangeError(`timeLimit: maxSteps must be a whole number of at least 1, got ${maxSteps}`)
  }
}

/** What `save` gives: a vector environment that keeps its own counters writes the same. */
export const savedTimeLimit = (env: Json, elapsed: number): Json => ({ wrapper: 'TimeLimit', elapsed, env })

export function loadTimeLimit(saved: Json): { readonly elapsed: number; readonly inside: Json } {
  const { env, elapsed } = savedWrapper('TimeLimit', saved)
  return { elapsed: savedCount('TimeLimit.load: elapsed', elapsed), inside: env }
}
