/**
 * TimeAwareObservation: shows the time beside the observation, so that a policy can know that the end is near.
 *
 * The time is the number of steps since the reset, int32, or their share of the time limit, float32. Source: equal to Gymnasium's.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { savedCount, savedWrapper } from '../saved.js'
import { box } from '../spaces/box.js'
import { type Dict, dict } from '../spaces/dict.js'
import { flatten } from '../spaces/flatten.js'
import { flattenSpace } from '../spaces/flatten-space.js'
import type { Space } from '../spaces/space.js'
import { type Tuple, tuple } from '../spaces/tuple.js'
import { checkFlatForm } from './elements.js'
import { checkTimeLimit } from './time-limit.js'
import { wrapped } from './wrapper.js'

export interface TimeAwareOptions {
  /** Whether observation and time become one row of numbers. Default true; false: a Dict { obs, time }, or one more part of a Dict or Tuple. */
  readonly flatten?: boolean
  /** Whether the time runs from 0 to 1. Default false: it counts steps. */
  readonly normalizeTime?: boolean
  /** Name of the time in a Dict that the environment has itself. Default 'time'. */
  readonly dictTimeKey?: string
  /** Steps in an episode. Default: the time limit of the environment's spec. */
  readonly maxEpisodeSteps?: number
}

/** @throws EnvError when there is no time limit, or the name of the time is taken */
export function timeAwareObservation<O, A>(
  env: Env<O, A>,
  options: TimeAwareOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: the space of the environment and the options decide what comes out
): Env<any, A> {
  const { flatten: flat = true, normalizeTime = false, dictTimeKey = 'time' } = options
  const limit = options.maxEpisodeSteps ?? env.spec?.maxEpisodeSteps ?? null
  if (limit === null) {
    throw new EnvError('timeAwareObservation: the environment has no time limit; wrap it in timeLimit first, or say maxEpisodeSteps')
  }
  checkTimeLimit(limit)
  const inner = env.observationSpace as Space
  const timeSpace = normalizeTime ? box({ low: 0, high: 1 }) : box({ low: 0, high: limit, dtype: 'int32', shape: [1] })
  const { space, join } = joining(inner, timeSpace, dictTimeKey)
  if (flat) checkFlatForm('timeAwareObservation', space)
  let elapsed = 0 // steps since the reset

  const shown = (observation: O): unknown => {
    const time = Math.min(elapsed, limit) // whoever goes on after the end stays at the end
    const joined = join(observation, normalizeTime ? Float32Array.of(time / limit) : Int32Array.of(time))
    return flat ? flatten(space, joined) : joined
  }

  return wrapped<unknown, A, O, A>(env, {
    observationSpace: flat ? flattenSpace(space) : space,
    reset: (resetOptions) => {
      const [observation, info] = env.reset(resetOptions)
      elapsed = 0
      return [shown(observation), info]
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      elapsed++
      return [shown(observation), reward, terminated, truncated, info]
    },
    save: () => ({ wrapper: 'TimeAwareObservation', elapsed, env: env.save() }),
    load: (saved) => {
      const state = savedWrapper('TimeAwareObservation', saved)
      const steps = savedCount('TimeAwareObservation.load: elapsed', state['elapsed'])
      env.load(state.env)
      elapsed = steps
    },
  })
}

interface Joining {
  readonly space: Space
  join(observation: unknown, time: unknown): unknown
}

/** Where the time goes: into the Dict or behind the Tuple that is there, else into a new Dict. */
function joining(inner: Space, time: Space, key: string): Joining {
  if (inner.kind === 'dict') {
    const { spaces, keys } = inner as Dict
    if (keys.includes(key))
      throw new EnvError(`timeAwareObservation: the observation has a part "${key}" already; choose another dictTimeKey`)
    return {
      space: dict({ [key]: time, ...spaces }),
      join: (observation, elapsed) => ({ [key]: elapsed, ...(observation as object) }),
    }
  }
  if (inner.kind === 'tuple') {
    return {
      space: tuple([...(inner as Tuple).spaces, time]),
      join: (observation, elapsed) => [...(observation as readonly unknown[]), elapsed],
    }
  }
  return { space: dict({ obs: inner, time }), join: (obs, elapsed) => ({ obs, time: elapsed }) }
}
