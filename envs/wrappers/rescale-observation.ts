/** RescaleObservation: shows observations from the low to the high of the environment's Box as numbers from `minObs` to `maxObs`. */
import type { Env } from '../core.js'
import { arrayOf, type BoxArray } from '../spaces/box.js'
import { boxOf } from './box-of.js'
import { rescaling } from './rescaling.js'
import { observing } from './wrapper.js'

export interface RescaleObservationOptions {
  /** One bound for all numbers of an observation, or one each. */
  readonly minObs: number | ArrayLike<number>
  readonly maxObs: number | ArrayLike<number>
}

/** @throws EnvError unless the observations are a Box of floats; RangeError unless minObs < maxObs, and infinite where the Box is */
export function rescaleObservation<A>(env: Env<ArrayLike<number>, A>, { minObs, maxObs }: RescaleObservationOptions): Env<BoxArray, A> {
  const inner = boxOf('rescaleObservation', 'observations', env.observationSpace)
  const { space, forward } = rescaling('rescaleObservation', inner, { min: minObs, max: maxObs })
  return observing('RescaleObservation', env, space, (observation) => {
    const shown = arrayOf(inner.dtype, inner.size)
    for (let i = 0; i < shown.length; i++) shown[i] = forward(observation[i]!, i)
    return shown
  })
}
