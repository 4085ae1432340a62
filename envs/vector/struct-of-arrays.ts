/**
 * N copies of an environment of functions in one state array: row i of every array is environment i.
 *
 * Nothing is allocated per step: the arrays are made once and their owner is this object. The dynamics are those of functional-env.ts, run on
 * slices, so environment i goes exactly the way of a single environment with the same seed. Time limits are counted here, because a wrapper
 * around N environments would have to know which of them reset.
 */
import type { FunctionalEnv, Info } from '../core.js'
import { ResetNeededError } from '../errors.js'
import { loadFunctional, NO_INFO, savedFunctional } from '../functional-env.js'
import type { Json } from '../json.js'
import type { EnvSpec } from '../registry.js'
import { savedBoolean, savedList, savedObject } from '../saved.js'
import { type Generator, generator } from '../seeding/generator.js'
import { loadOrderEnforcing, savedOrderEnforcing } from '../wrappers/order-enforcing.js'
import { checkTimeLimit, loadTimeLimit, savedTimeLimit } from '../wrappers/time-limit.js'
import { actionCheck, checkIndex, checkObservation, checkReward, checkVector } from './boundary.js'
import { resetPlan } from './reset-plan.js'
import { answerRows } from './rows.js'
import type { AutoresetMode, VectorEnv } from './vector-env.js'

export interface StructOfArraysOptions {
  /** At least 1. */
  readonly numEnvs: number
  /** Default 'same-step'. */
  readonly autoreset?: AutoresetMode
  /** Steps after which an episode is truncated; a list gives one limit each. Default null: never. */
  readonly maxEpisodeSteps?: number | null | readonly number[]
  readonly spec?: EnvSpec | null
}

/** @throws RangeError when numEnvs or a limit is not a whole number of at least 1 */
export function structOfArrays<O, A>(functions: FunctionalEnv<O, A>, options: StructOfArraysOptions): VectorEnv {
  const { numEnvs, autoreset = 'same-step', spec = null } = options
  checkVector('structOfArrays', numEnvs, autoreset)
  const limits = limitsOf(options.maxEpisodeSteps ?? null, numEnvs)
  const { stateSize, observationSpace, actionSpace, draw } = functions
  const name = spec?.id ?? 'environment'
  const width = observationSpace.size
  const actionWidth = actionSpace.size

  const state = new Float64Array(numEnvs * stateSize)
  const randoms: Generator[] = []
  const elapsed = new Float64Array(numEnvs) // steps since the reset
  const waiting = new Uint8Array(numEnvs) // 1 where the next step is a reset (next-step)
  const infos: Info[] = new Array<Info>(numEnvs).fill(NO_INFO)
  const { info } = functions
  const { observations, finalObservations, rewards, terminated, truncated, step } = answerRows(numEnvs, width, () => {
    if (info !== undefined) for (let i = 0; i < numEnvs; i++) infos[i] = info(state, i * stateSize)
    return infos
  })
  const check = actionCheck(name, actionSpace, numEnvs)
  let started = false

  const begin = (i: number, choices?: Readonly<Record<string, unknown>>) => {
    functions.initial(randoms[i]!, state, i * stateSize, choices)
    elapsed[i] = 0
    waiting[i] = 0
    functions.observe(state, i * stateSize, observations, i * width)
    checkObservation(name, observations, i * width, width, i, 0)
  }

  const advance = (i: number, actions: ArrayLike<number>) => {
    const reward = functions.transition(state, i * stateSize, actions, i * actionWidth, randoms[i]!)
    elapsed[i]!++
    checkReward(name, reward, i, elapsed[i]!)
    rewards[i] = reward
    terminated[i] = functions.terminal(state, i * stateSize) ? 1 : 0
    truncated[i] = elapsed[i]! >= limits[i]! ? 1 : 0
    const ended = (terminated[i]! | truncated[i]!) === 1
    const out = ended && autoreset === 'same-step' ? finalObservations : observations
    functions.observe(state, i * stateSize, out, i * width)
    checkObservation(name, out, i * width, width, i, elapsed[i]!)
    if (!ended) return
    if (autoreset === 'same-step') begin(i)
    else {
      finalObservations.set(observations.subarray(i * width, (i + 1) * width), i * width)
      if (autoreset === 'next-step') waiting[i] = 1
    }
  }

  const saveOne = (i: number): Json => {
    checkIndex(name, 'saveOne', i, numEnvs)
    const own = savedFunctional(state.subarray(i * stateSize, (i + 1) * stateSize), randoms[i] ?? null)
    const ordered = savedOrderEnforcing(own, started)
    return Number.isFinite(limits[i]) ? savedTimeLimit(ordered, elapsed[i]!) : ordered
  }

  const loadOne = (i: number, saved: Json) => {
    const limited = Number.isFinite(limits[i]) ? loadTimeLimit(saved) : { elapsed: 0, inside: saved }
    const ordered = loadOrderEnforcing(limited.inside)
    const random = loadFunctional(name, ordered.inside, state, i * stateSize, stateSize)
    elapsed[i] = limited.elapsed
    started = ordered.started
    if (random !== null) randoms[i] = random
  }

  return {
    numEnvs,
    observationSpace,
    actionSpace,
    autoreset,
    spec,
    reset: (resetOptions = {}) => {
      const { touches, seed } = resetPlan(name, resetOptions, numEnvs, started)
      for (let i = 0; i < numEnvs; i++) {
        if (!touches(i)) continue
        const own = seed(i)
        if (own !== undefined) randoms[i] = generator(own)
        else randoms[i] ??= generator(i)
        begin(i, resetOptions.options)
      }
      started = true
      return observations
    },
    step: (actions) => {
      if (!started) throw new ResetNeededError(`${name}.step: call reset() first`)
      check(actions)
      for (let i = 0; i < numEnvs; i++) {
        if (waiting[i] === 0) advance(i, actions)
        else {
          rewards[i] = 0
          terminated[i] = 0
          truncated[i] = 0
          begin(i)
        }
      }
      return step
    },
    ...(draw && {
      draw: (index, canvas) => {
        checkIndex(name, 'draw', index, numEnvs)
        if (!started) throw new ResetNeededError(`${name}.draw: call reset() first`)
        draw(state, index * stateSize, canvas)
      },
    }),
    saveOne,
    save: () => ({ envs: Array.from({ length: numEnvs }, (_, i) => saveOne(i)), waiting: Array.from(waiting, Boolean) }),
    load: (saved) => {
      const object = savedObject(`${name}.load`, saved)
      const envs = savedList(`${name}.load: envs`, object['envs'], numEnvs)
      const waits = savedList(`${name}.load: waiting`, object['waiting'], numEnvs)
      for (let i = 0; i < numEnvs; i++) {
        loadOne(i, envs[i]!)
        waiting[i] = savedBoolean(`${name}.load: waiting`, waits[i]) ? 1 : 0
      }
    },
    close: () => {},
  }
}

function limitsOf(limit: number | null | readonly number[], numEnvs: number): Float64Array {
  const each = limit === null || typeof limit === 'number' ? new Array<number | null>(numEnvs).fill(limit) : limit
  if (each.length !== numEnvs) throw new RangeError(`structOfArrays: expected ${numEnvs} limits in maxEpisodeSteps, got ${each.length}`)
  return Float64Array.from(each, (one) => {
    if (one === null) return Infinity
    checkTimeLimit(one)
    return one
  })
}
