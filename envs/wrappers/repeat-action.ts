/** RepeatAction: does each action several times, or until the episode ends, and sums the rewards. Also known as frame skip. */
import type { Env, StepResult } from '../core.js'
import { stateless, wrapped } from './wrapper.js'

/**
 * @param numRepeats steps of the environment in one step, at least 1
 * @throws RangeError unless numRepeats is a whole number of at least 1
 */
export function repeatAction<O, A>(env: Env<O, A>, numRepeats: number): Env<O, A> {
  checkRepeats('repeatAction: numRepeats', numRepeats, 1)
  return wrapped<O, A>(env, { step: (action) => repeated(env, action, numRepeats), ...stateless('RepeatAction', env) })
}

/** The last step of up to `count`, with the sum of their rewards. @param each sees every step and its index */
export function repeated<O, A>(
  env: Env<O, A>,
  action: A,
  count: number,
  each?: (step: StepResult<O>, index: number) => void,
): StepResult<O> {
  let sum = 0
  for (let i = 0; ; i++) {
    const step = env.step(action)
    const [observation, reward, terminated, truncated, info] = step
    sum += reward
    each?.(step, i)
    if (terminated || truncated || i === count - 1) return [observation, sum, terminated, truncated, info]
  }
}

export function checkRepeats(where: string, count: number, least: number): void {
  if (!Number.isSafeInteger(count) || count < least)
    throw new RangeError(`${where} must be a whole number of at least ${least}, got ${count}`)
}
