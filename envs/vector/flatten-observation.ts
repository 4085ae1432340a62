/** FlattenObservation for a vector: shows each observation as one row of numbers, a choice among n as n numbers of which one is 1. */
import { flattenRow } from '../spaces/flatten-row.js'
import { flattenSpace } from '../spaces/flatten-space.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

export function flattenObservation(venv: VectorEnv): VectorEnv {
  const space = venv.observationSpace // a vector has none that varies in length
  const flattened = observingRows(venv, {
    observationSpace: flattenSpace(space),
    write: (from, at, out, outAt) => {
      flattenRow(space, from, at, out, outAt)
    },
  })
  return wrappedVector(venv, { ...flattened, ...statelessVector('FlattenObservation', venv) })
}
