/**
 * RecordEpisodeStatistics for a vector: return and length of every episode, told in the step in which it ends.
 * The step after an end in next-step mode is a reset and counts for nothing.
 */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { encodeNumbers } from '../numbers.js'
import { savedNumbers, savedObject } from '../saved.js'
import type { FinishedEpisode, VectorEnv, VectorStep } from './vector-env.js'
import { stepWith, wrappedVector } from './wrapper.js'

export function recordEpisodeStatistics(venv: VectorEnv): VectorEnv {
  const { numEnvs } = venv
  const returns = new Float64Array(numEnvs)
  const lengths = new Float64Array(numEnvs)
  const over = new Uint8Array(numEnvs) // 1 where the episode has ended and its numbers are told
  const episodes: FinishedEpisode[] = []
  const told = stepWith({ episodes })
  const ends = new Int32Array(numEnvs) // the first `ended` of it: the environments whose episode ended in the last step
  let ended = 0

  const forget = (i: number) => {
    returns[i] = 0
    lengths[i] = 0
    over[i] = 0
  }

  /** A step after an end begins anew; in next-step mode it is a reset, of which nothing counts, its zero reward and its step included. */
  const forgetOver = () => {
    for (let k = 0; k < ended; k++) {
      const i = ends[k]!
      if (over[i] === 0) continue // it was reset since
      forget(i)
      if (venv.autoreset === 'next-step') lengths[i] = -1 // the step that is counted in a moment is none
    }
  }

  const tell = ({ terminated, truncated }: VectorStep) => {
    episodes.length = 0
    for (let k = 0; k < ended; k++) {
      const i = ends[k]!
      over[i] = 1
      episodes.push({
        env: i,
        return: returns[i]!,
        length: lengths[i]!,
        terminated: terminated[i] === 1,
        truncated: truncated[i] === 1,
      })
    }
  }

  return wrappedVector(venv, {
    reset: (options = {}) => {
      const observations = venv.reset(options)
      for (let i = 0; i < numEnvs; i++) if (options.mask === undefined || options.mask[i]) forget(i)
      return observations
    },
    step: (actions) => {
      const result = venv.step(actions)
      forgetOver()
      ended = count(result, returns, lengths, ends)
      tell(result)
      return told(result)
    },
    save: (): Json => ({ venv: venv.save(), returns: encodeNumbers(returns), lengths: [...lengths], over: [...over] }),
    load: (saved) => {
      const object = savedObject('RecordEpisodeStatistics.load', saved)
      if (object['venv'] === undefined) throw new EnvError('RecordEpisodeStatistics.load: the state was saved without this wrapper')
      const kept = (field: string) => savedNumbers(`RecordEpisodeStatistics.load: ${field}`, object[field], numEnvs)
      const [sums, counts, flags] = [kept('returns'), kept('lengths'), kept('over')]
      venv.load(object['venv'])
      returns.set(sums)
      lengths.set(counts)
      over.set(flags)
      ended = 0
      for (let i = 0; i < numEnvs; i++) if (over[i] === 1) ends[ended++] = i
    },
  })
}

/** Adds one step to every episode; a loop without calls, because it runs for every environment in every step. @returns how many are in `ends` */
function count({ rewards, terminated, truncated }: VectorStep, returns: Float64Array, lengths: Float64Array, ends: Int32Array): number {
  let ended = 0
  for (let i = 0; i < returns.length; i++) {
    returns[i]! += rewards[i]!
    lengths[i]!++
    if ((terminated[i]! | truncated[i]!) !== 0) ends[ended++] = i
  }
  return ended
}
