/**
 * FrameStackObservation: shows the last observations together, the oldest first, so that speed can be seen in pictures.
 * Numbers gain a leading axis: a Box of shape [4] becomes one of [stackSize, 4], a Discrete a MultiDiscrete (batchSpace).
 *
 * Source: Mnih et al. 2015; equal to Gymnasium's. After a reset the missing ones are the first observation, zeros, or one of your own.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { savedList, savedWrapper } from '../saved.js'
import { concatenate } from '../spaces/batch.js'
import { batchSpace } from '../spaces/batch-space.js'
import { describeElement, describeSpace } from '../spaces/describe.js'
import type { Space } from '../spaces/space.js'
import { checkFlatForm, copyOf, loadElement, savedForm, zeroOf } from './elements.js'
import { wrapped } from './wrapper.js'

export interface FrameStackOptions<O> {
  /** What stands before the first observation: itself, zeros, or this observation. Default 'reset'. */
  readonly paddingType?: 'reset' | 'zero' | O
}

/**
 * @param stackSize how many observations, at least 1
 * @throws RangeError unless stackSize is a whole number of at least 1; EnvError when the padding is not in the space
 */
export function frameStackObservation<O, A>(
  env: Env<O, A>,
  stackSize: number,
  { paddingType = 'reset' }: FrameStackOptions<O> = {},
  // biome-ignore lint/suspicious/noExplicitAny: the space of the environment decides what a stack of its elements is
): Env<any, A> {
  if (!Number.isSafeInteger(stackSize) || stackSize < 1) {
    throw new RangeError(`frameStackObservation: stackSize must be a whole number of at least 1, got ${stackSize}`)
  }
  const space = env.observationSpace
  checkFlatForm('frameStackObservation', space)
  const padding = paddingType === 'reset' ? null : paddingType === 'zero' ? zeroOf(space) : custom(space, paddingType)
  let frames: O[] = Array.from({ length: stackSize }, () => padding ?? zeroOf(space)) // the oldest first

  const stacked = (observation: O): unknown => {
    frames = [...frames.slice(1), copyOf(space, observation)]
    return concatenate(space as Space, frames)
  }

  return wrapped<unknown, A, O, A>(env, {
    observationSpace: batchSpace(space as Space, stackSize),
    reset: (options) => {
      const [observation, info] = env.reset(options)
      frames.fill(padding ?? copyOf(space, observation))
      return [stacked(observation), info]
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      return [stacked(observation), reward, terminated, truncated, info]
    },
    save: () => ({ wrapper: 'FrameStackObservation', frames: frames.map((frame) => savedForm(space, frame)), env: env.save() }),
    load: (saved) => {
      const state = savedWrapper('FrameStackObservation', saved)
      const rows = savedList('FrameStackObservation.load: frames', state['frames'], stackSize)
      const kept = rows.map((row) => loadElement('FrameStackObservation.load: frames', space, row))
      env.load(state.env)
      frames = kept
    },
  })
}

function custom<O>(space: Space<O>, padding: unknown): O {
  if (space.contains(padding)) return copyOf(space, padding)
  throw new EnvError(
    `frameStackObservation: paddingType must be 'reset', 'zero' or an observation in ${describeSpace(space as Space)}, got ${describeElement(padding)}`,
  )
}
