/** The loops of a step over all rows of a struct of arrays. */
import type { FunctionalEnv, RowStepper } from '../core.js'

/**
 * The environment's own loop if it has one that belongs to its functions, else the general one.
 * @param failed is told which environment threw what; the others go on. A loop of the environment's own must not throw.
 */
export function rowStepper<O, A>(functions: FunctionalEnv<O, A>, failed: (i: number, error: unknown) => void): Pick<RowStepper, 'step'> {
  const { stateSize, rows } = functions
  if (rows?.transition === functions.transition && rows.terminal === functions.terminal && rows.observe === functions.observe) return rows
  const width = functions.observationSpace.size
  const actionWidth = functions.actionSpace.size
  return {
    step({ state, actions, randoms, rewards, terminated, observations }, from, to) {
      for (let i = from; i < to; i++) {
        try {
          rewards[i] = functions.transition(state, i * stateSize, actions, i * actionWidth, randoms[i]!)
          terminated[i] = functions.terminal(state, i * stateSize) ? 1 : 0
          functions.observe(state, i * stateSize, observations, i * width)
        } catch (error) {
          failed(i, error)
        }
      }
    },
  }
}

/** Counts a step of every environment and compares it with its limit. @returns whether any episode ended, by its task or by its time */
export function tick(elapsed: Float64Array, limits: Float64Array, terminated: Uint8Array, truncated: Uint8Array): boolean {
  let ended = 0
  for (let i = 0; i < elapsed.length; i++) {
    const steps = elapsed[i]! + 1
    const over = steps >= limits[i]! ? 1 : 0
    elapsed[i] = steps
    truncated[i] = over
    ended |= over | terminated[i]!
  }
  return ended === 1
}
