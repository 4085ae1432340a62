/** The loops of a step over all rows of a struct of arrays. */
import type { FunctionalEnv, RowStepper, StateRows } from '../core.js'

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

/** What `settle` answers, as bits. */
export const SOME_ENDED = 1
export const SOME_NOT_FINITE = 2

/**
 * What follows the dynamics in a step, for all rows in one function: counts the step of every environment, compares it with its limit, and
 * looks whether all numbers are finite.
 */
export function settle(
  { rewards, terminated, observations }: StateRows,
  elapsed: Float64Array,
  limits: Float64Array,
  truncated: Uint8Array,
): number {
  let ended = 0
  let rest = 0 // x − x is 0 for finite numbers and NaN for the others
  for (let i = 0; i < elapsed.length; i++) {
    const steps = elapsed[i]! + 1
    const over = steps >= limits[i]! ? 1 : 0
    const reward = rewards[i]!
    elapsed[i] = steps
    truncated[i] = over
    ended |= over | terminated[i]!
    rest += reward - reward
  }
  for (let k = 0; k < observations.length; k++) {
    const number = observations[k]!
    rest += number - number
  }
  return ended | (rest === 0 ? 0 : SOME_NOT_FINITE)
}
