/** FlattenObservation: shows each observation as one row of numbers, a choice among n as n numbers of which one is 1 (`flatten`). */
import type { Env } from '../core.js'
import type { BoxArray } from '../spaces/box.js'
import { flatten } from '../spaces/flatten.js'
import { flattenSpace } from '../spaces/flatten-space.js'
import type { Space } from '../spaces/space.js'
import { checkFlatForm } from './elements.js'
import { observing } from './wrapper.js'

/** @throws EnvError when observations vary in length */
export function flattenObservation<O, A>(env: Env<O, A>): Env<BoxArray, A> {
  const space = env.observationSpace as Space
  checkFlatForm('flattenObservation', space)
  return observing(
    'FlattenObservation',
    env,
    flattenSpace(space) as Space<BoxArray>,
    (observation) => flatten(space, observation) as BoxArray,
  )
}
