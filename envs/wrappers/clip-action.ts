/**
 * ClipAction: takes any finite numbers and clips them to the bounds of the environment's Box.
 * For environments that do not clip themselves, under policies that draw from a Gaussian.
 */
import type { Env } from '../core.js'
import { arrayOf, type BoxArray, box } from '../spaces/box.js'
import { boxOf, checkSize } from './box-of.js'
import { acting } from './wrapper.js'

/** @throws EnvError when the actions are not a Box */
export function clipAction<O>(env: Env<O, ArrayLike<number>>): Env<O, ArrayLike<number>> {
  const { low, high, shape, dtype, size } = boxOf('clipAction', 'actions', env.actionSpace)
  return acting('ClipAction', env, box({ low: -Infinity, high: Infinity, shape, dtype }), (action: ArrayLike<number>): BoxArray => {
    checkSize('ClipAction.step', size, action)
    const inside = arrayOf(dtype, size)
    for (let i = 0; i < size; i++) inside[i] = Math.min(Math.max(action[i]!, low[i]!), high[i]!)
    return inside
  })
}
