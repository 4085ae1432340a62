/**
 * DelayObservation: shows each observation some steps late. Until the first one is due, zeros are shown (the numbers nearest to zero that
 * the space holds).
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { savedWrapper } from '../saved.js'
import { checkFlatForm, copyOf, loadElement, savedForm, zeroOf } from './elements.js'
import { wrapped } from './wrapper.js'

/**
 * @param delay steps, at least 0
 * @throws RangeError unless delay is a whole number of at least 0; EnvError when observations vary in length
 */
export function delayObservation<O, A>(env: Env<O, A>, delay: number): Env<O, A> {
  if (!Number.isSafeInteger(delay) || delay < 0) {
    throw new RangeError(`delayObservation: delay must be a whole number of at least 0, got ${delay}`)
  }
  const { observationSpace } = env
  checkFlatForm('delayObservation', observationSpace)
  let queue: O[] = [] // the oldest first

  const delayed = (observation: O): O => {
    queue.push(copyOf(observationSpace, observation))
    return queue.length > delay ? queue.shift()! : zeroOf(observationSpace)
  }

  return wrapped<O, A>(env, {
    reset: (options) => {
      const [observation, info] = env.reset(options)
      queue = []
      return [delayed(observation), info]
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      return [delayed(observation), reward, terminated, truncated, info]
    },
    save: () => ({ wrapper: 'DelayObservation', queue: queue.map((one) => savedForm(observationSpace, one)), env: env.save() }),
    load: (saved) => {
      const state = savedWrapper('DelayObservation', saved)
      const rows = state['queue']
      if (!Array.isArray(rows) || rows.length > delay) {
        throw new EnvError(
          `DelayObservation.load: queue: expected a list of at most ${delay} observations. Was it saved with another delay?`,
        )
      }
      const kept = rows.map((row) => loadElement('DelayObservation.load: queue', observationSpace, row))
      env.load(state.env)
      queue = kept
    },
  })
}
