/** RescaleAction for a vector: actions from `minAction` to `maxAction` mean those from the low to the high of the environments' Box. */
import { arrayOf } from '../spaces/box.js'
import { boxOf } from '../wrappers/box-of.js'
import type { RescaleActionOptions } from '../wrappers/rescale-action.js'
import { rescaling } from '../wrappers/rescaling.js'
import type { VectorEnv } from './vector-env.js'
import { actingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError unless the actions are a Box of floats; RangeError unless minAction < maxAction, and infinite where the Box is */
export function rescaleAction(venv: VectorEnv, { minAction, maxAction }: RescaleActionOptions): VectorEnv {
  const inner = boxOf('rescaleAction', 'actions', venv.actionSpace)
  const { space, backward } = rescaling('rescaleAction', inner, { min: minAction, max: maxAction })
  const out = arrayOf(inner.dtype, venv.numEnvs * inner.size)
  const rescaled = actingRows('RescaleAction', venv, space, out, (actions, at, own, ownAt) => {
    for (let i = 0; i < inner.size; i++) own[ownAt + i] = backward(actions[at + i]!, i)
  })
  return wrappedVector(venv, { ...rescaled, ...statelessVector('RescaleAction', venv) })
}
