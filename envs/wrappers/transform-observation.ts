/** TransformObservation: shows each observation through a function of one's own. */
import type { Env } from '../core.js'
import type { Space } from '../spaces/space.js'
import { observing } from './wrapper.js'

export interface TransformObservationOptions<P> {
  /** Where the changed observations lie. Default: where they lay before. */
  readonly observationSpace?: Space<P>
}

/** @param change must depend on its argument alone, and leave it as it is */
export function transformObservation<O, A, P = O>(
  env: Env<O, A>,
  change: (observation: O) => P,
  { observationSpace = env.observationSpace as unknown as Space<P> }: TransformObservationOptions<P> = {},
): Env<P, A> {
  return observing('TransformObservation', env, observationSpace, change)
}
