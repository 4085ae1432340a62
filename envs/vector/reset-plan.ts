/** Which environments a vector reset touches, and with which seeds. */
import { EnvError, ResetNeededError } from '../errors.js'
import { checkSeed } from '../seeding/seed-sequence.js'
import type { VectorResetOptions } from './vector-env.js'

export interface ResetPlan {
  readonly touches: (index: number) => boolean
  /** Undefined: the running stream goes on. */
  readonly seed: (index: number) => number | undefined
}

/** @throws RangeError or EnvError when a seed is no seed, or a list has the wrong length, or a mask picks nobody */
export function resetPlan(name: string, { seed, mask }: VectorResetOptions, numEnvs: number, started: boolean): ResetPlan {
  if (mask !== undefined) {
    if (!started) throw new ResetNeededError(`${name}.reset: call reset() without a mask first, so that every environment has begun`)
    if (mask.length !== numEnvs)
      throw new EnvError(`${name}.reset: expected a mask of ${numEnvs}, one for each environment, got ${mask.length}`)
    if (!Array.prototype.some.call(mask, Boolean)) throw new EnvError(`${name}.reset: the mask picks no environment; expected at least one`)
  }
  const touches = (index: number) => mask === undefined || Boolean(mask[index])
  if (seed === undefined) return { touches, seed: () => undefined }
  if (typeof seed !== 'object' || seed === null) {
    checkSeed(`${name}.reset`, seed)
    return { touches, seed: (index) => seed + index }
  }
  if (seed.length !== numEnvs) throw new EnvError(`${name}.reset: expected ${numEnvs} seeds, one for each environment, got ${seed.length}`)
  for (const one of seed) checkSeed(`${name}.reset`, one)
  return { touches, seed: (index) => seed[index]! }
}
