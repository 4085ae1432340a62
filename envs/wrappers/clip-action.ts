/**
 * ClipAction: takes any finite numbers and clips them to the bounds of the environment's Box.
 * For environments that do not clip themselves, under policies that draw from a Gaussian.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { savedWrapper } from '../saved.js'
import { arrayOf, type Box, type BoxArray, box } from '../spaces/box.js'
import { describeElement, describeSpace } from '../spaces/describe.js'
import { wrapped } from './wrapper.js'

/** @throws EnvError when the actions are not a Box */
export function clipAction<O>(env: Env<O, ArrayLike<number>>): Env<O, ArrayLike<number>> {
  if (env.actionSpace.kind !== 'box')
    throw new EnvError(`clipAction: only a Box can be clipped, the actions are ${describeSpace(env.actionSpace)}`)
  const { low, high, shape, dtype, size } = env.actionSpace as unknown as Box
  const clipped = (action: ArrayLike<number>): BoxArray => {
    if (action?.length !== size) throw new EnvError(`ClipAction.step: expected ${size} numbers, got ${describeElement(action)}`)
    const inside = arrayOf(dtype, size)
    for (let i = 0; i < size; i++) inside[i] = Math.min(Math.max(action[i]!, low[i]!), high[i]!)
    return inside
  }
  return wrapped<O, ArrayLike<number>>(env, {
    actionSpace: box({ low: -Infinity, high: Infinity, shape, dtype }),
    step: (action) => env.step(clipped(action)),
    save: () => ({ wrapper: 'ClipAction', env: env.save() }),
    load: (saved) => env.load(savedWrapper('ClipAction', saved).env),
  })
}
