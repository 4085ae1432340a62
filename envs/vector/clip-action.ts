/** ClipAction for a vector: takes any finite numbers and clips them to the bounds of the environments' Box. */
import { arrayOf, box } from '../spaces/box.js'
import { boxOf } from '../wrappers/box-of.js'
import type { VectorEnv } from './vector-env.js'
import { actingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError when the actions are not a Box */
export function clipAction(venv: VectorEnv): VectorEnv {
  const { low, high, shape, dtype, size } = boxOf('clipAction', 'actions', venv.actionSpace)
  const space = box({ low: -Infinity, high: Infinity, shape, dtype })
  const out = arrayOf(dtype, venv.numEnvs * size)
  const clipped = actingRows('ClipAction', venv, space, out, (actions, at, own, ownAt) => {
    for (let i = 0; i < size; i++) own[ownAt + i] = Math.min(Math.max(actions[at + i]!, low[i]!), high[i]!)
  })
  return wrappedVector(venv, { ...clipped, ...statelessVector('ClipAction', venv) })
}
