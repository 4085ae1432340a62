/** TransformAction for a vector: a function of one's own writes each action that goes to the environments. */
import type { Space } from '../spaces/space.js'
import type { VectorEnv } from './vector-env.js'
import { actingRows, statelessVector, wrappedVector } from './wrapper.js'

export interface TransformActionRowsOptions {
  /** Where actions lie before the change. Default: where they lie after it. */
  readonly actionSpace?: Space
}

/** @param write reads the flat action `from[at … )` and writes the changed one to `out[outAt … )`; it must depend on that row alone */
export function transformAction(
  venv: VectorEnv,
  write: (from: ArrayLike<number>, at: number, out: { [index: number]: number }, outAt: number) => void,
  { actionSpace = venv.actionSpace }: TransformActionRowsOptions = {},
): VectorEnv {
  const out = new Float64Array(venv.numEnvs * venv.actionSpace.size)
  return wrappedVector(venv, {
    ...actingRows('TransformAction', venv, actionSpace, out, write),
    ...statelessVector('TransformAction', venv),
  })
}
