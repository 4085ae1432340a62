/**
 * RecordEpisodeStatistics: the step that ends an episode tells its return and length in `info.episode`.
 * We differ from Gymnasium: there is no `t`, because a clock would make two equal runs unequal.
 */
import type { Env } from '../core.js'
import { savedCount, savedNumber, savedWrapper } from '../saved.js'
import { wrapped } from './wrapper.js'

/** `info.episode` of the step that ends an episode. */
export interface EpisodeStatistics {
  /** Sum of rewards. */
  readonly return: number
  /** Steps. */
  readonly length: number
}

export function recordEpisodeStatistics<O, A>(env: Env<O, A>): Env<O, A> {
  let sum = 0
  let length = 0
  return wrapped<O, A>(env, {
    reset: (options) => {
      sum = 0
      length = 0
      return env.reset(options)
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      sum += reward
      length++
      if (!(terminated || truncated)) return [observation, reward, terminated, truncated, info]
      const episode: EpisodeStatistics = { return: sum, length }
      return [observation, reward, terminated, truncated, { ...info, episode }]
    },
    save: () => ({ wrapper: 'RecordEpisodeStatistics', return: sum, length, env: env.save() }),
    load: (saved) => {
      const state = savedWrapper('RecordEpisodeStatistics', saved)
      env.load(state.env)
      sum = savedNumber('RecordEpisodeStatistics.load: return', state['return'])
      length = savedCount('RecordEpisodeStatistics.load: length', state['length'])
    },
  })
}
