/**
 * Autoreset: the step after an end ignores its action and returns the first observation of the next episode, with reward 0.
 * A learner must leave this step out: nothing was done in it. (Vector environments call it next-step.)
 */
import type { Env } from '../core.js'
import { savedBoolean, savedWrapper } from '../saved.js'
import { wrapped } from './wrapper.js'

export function autoreset<O, A>(env: Env<O, A>): Env<O, A> {
  let over = false // the last step ended its episode
  return wrapped<O, A>(env, {
    reset: (options) => {
      const first = env.reset(options)
      over = false
      return first
    },
    step: (action) => {
      if (over) {
        const [observation, info] = env.reset()
        over = false
        return [observation, 0, false, false, info]
      }
      const step = env.step(action)
      over = step[2] || step[3]
      return step
    },
    save: () => ({ wrapper: 'Autoreset', over, env: env.save() }),
    load: (saved) => {
      const state = savedWrapper('Autoreset', saved)
      env.load(state.env)
      over = savedBoolean('Autoreset.load: over', state['over'])
    },
  })
}
