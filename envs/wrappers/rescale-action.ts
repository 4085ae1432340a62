/** RescaleAction: actions from `minAction` to `maxAction` mean those from the low to the high of the environment's Box. */
import type { Env } from '../core.js'
import { arrayOf } from '../spaces/box.js'
import { boxOf, checkSize } from './box-of.js'
import { rescaling } from './rescaling.js'
import { acting } from './wrapper.js'

export interface RescaleActionOptions {
  /** One bound for all numbers of an action, or one each. Usual: −1. */
  readonly minAction: number | ArrayLike<number>
  /** Usual: 1. */
  readonly maxAction: number | ArrayLike<number>
}

/** @throws EnvError unless the actions are a Box of floats; RangeError unless minAction < maxAction, and infinite where the Box is */
export function rescaleAction<O>(
  env: Env<O, ArrayLike<number>>,
  { minAction, maxAction }: RescaleActionOptions,
): Env<O, ArrayLike<number>> {
  const inner = boxOf('rescaleAction', 'actions', env.actionSpace)
  const { space, backward } = rescaling('rescaleAction', inner, { min: minAction, max: maxAction })
  return acting('RescaleAction', env, space, (action: ArrayLike<number>) => {
    checkSize('RescaleAction.step', inner.size, action)
    const own = arrayOf(inner.dtype, inner.size)
    for (let i = 0; i < own.length; i++) own[i] = backward(action[i]!, i)
    return own
  })
}
