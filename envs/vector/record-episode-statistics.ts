/**
 * RecordEpisodeStatistics for a vector: return and length of every episode, told in the step in which it ends.
 * The step after an end in next-step mode is a reset and counts for nothing.
 */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { encodeNumbers } from '../numbers.js'
import { savedNumbers, savedObject } from '../saved.js'
import type { FinishedEpisode, VectorEnv } from './vector-env.js'
import { stepWith, wrappedVector } from './wrapper.js'

export function recordEpisodeStatistics(venv: VectorEnv): VectorEnv {
  const { numEnvs } = venv
  const returns = new Float64Array(numEnvs)
  const lengths = new Float64Array(numEnvs)
  const over = new Uint8Array(numEnvs) // 1 where the episode has ended and its numbers are told
  const episodes: FinishedEpisode[] = []
  const told = stepWith({ episodes })

  const forget = (i: number) => {
    returns[i] = 0
    lengths[i] = 0
    over[i] = 0
  }

  return wrappedVector(venv, {
    reset: (options = {}) => {
      const observations = venv.reset(options)
      for (let i = 0; i < numEnvs; i++) if (options.mask === undefined || options.mask[i]) forget(i)
      return observations
    },
    step: (actions) => {
      const result = venv.step(actions)
      episodes.length = 0
      for (let i = 0; i < numEnvs; i++) {
        if (over[i] === 1) {
          forget(i)
          if (venv.autoreset === 'next-step') continue
        }
        returns[i]! += result.rewards[i]!
        lengths[i]!++
        if (result.terminated[i] === 0 && result.truncated[i] === 0) continue
        over[i] = 1
        episodes.push({
          env: i,
          return: returns[i]!,
          length: lengths[i]!,
          terminated: result.terminated[i] === 1,
          truncated: result.truncated[i] === 1,
        })
      }
      return told(result)
    },
    save: (): Json => ({ venv: venv.save(), returns: encodeNumbers(returns), lengths: [...lengths], over: [...over] }),
    load: (saved) => {
      const object = savedObject('RecordEpisodeStatistics.load', saved)
      if (object['venv'] === undefined) throw new EnvError('RecordEpisodeStatistics.load: the state was saved without this wrapper')
      const kept = (field: string) => savedNumbers(`RecordEpisodeStatistics.load: ${field}`, object[field], numEnvs)
      const [sums, counts, ends] = [kept('returns'), kept('lengths'), kept('over')]
      venv.load(object['venv'])
      returns.set(sums)
      lengths.set(counts)
      over.set(ends)
    },
  })
}
