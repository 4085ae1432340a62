/**
 * MaxAndSkipObservation: does each action `skip` times, sums the rewards, and shows the greater of the last two observations, number by
 * number: old games draw some things only in every other frame.
 *
 * Source: Mnih et al. 2015; equal to Gymnasium's, also in this: when the episode ends before both frames were seen, those of an earlier
 * step stand in for them, zeros at the very start.
 */
import type { Env } from '../core.js'
import { encodeNumbers } from '../numbers.js'
import { savedNumbers, savedWrapper } from '../saved.js'
import { arrayOf, type BoxArray } from '../spaces/box.js'
import { boxOf } from './box-of.js'
import { checkRepeats, repeated } from './repeat-action.js'
import { wrapped } from './wrapper.js'

/** @throws EnvError unless the observations are a Box; RangeError unless skip is a whole number of at least 2 */
export function maxAndSkipObservation<A>(env: Env<ArrayLike<number>, A>, { skip = 4 }: { readonly skip?: number } = {}): Env<BoxArray, A> {
  checkRepeats('maxAndSkipObservation: skip', skip, 2)
  const { dtype, size } = boxOf('maxAndSkipObservation', 'observations', env.observationSpace)
  const frames = [arrayOf(dtype, size), arrayOf(dtype, size)] as const
  return wrapped<BoxArray, A, ArrayLike<number>, A>(env, {
    step: (action) => {
      const [, sum, terminated, truncated, info] = repeated(env, action, skip, ([observation], i) => {
        if (i >= skip - 2) frames[i === skip - 2 ? 0 : 1].set(observation)
      })
      const shown = arrayOf(dtype, size)
      for (let i = 0; i < size; i++) shown[i] = Math.max(frames[0][i]!, frames[1][i]!)
      return [shown, sum, terminated, truncated, info]
    },
    save: () => ({ wrapper: 'MaxAndSkipObservation', frames: frames.map(encodeNumbers), env: env.save() }),
    load: (saved) => {
      const state = savedWrapper('MaxAndSkipObservation', saved)
      const rows = Array.isArray(state['frames']) ? state['frames'] : []
      const kept = frames.map((_, k) => savedNumbers('MaxAndSkipObservation.load: frames', rows[k], size))
      env.load(state.env)
      for (const k of [0, 1] as const) frames[k].set(kept[k]!)
    },
  })
}
