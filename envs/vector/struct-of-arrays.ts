/**
 * N copies of an environment of functions in one state array: row i of every array is environment i.
 *
 * Nothing is allocated per step: the arrays are made once and their owner is this object. The dynamics are those of functional-env.ts, run on
 * slices, so environment i goes exactly the way of a single environment with the same seed. Time limits are counted here, because a wrapper
 * around N environments would have to know which of them reset. A step is a few plain loops over all rows, one after the other and each
 * without calls that the compiler cannot see through; only rows in which an episode ended are looked at one by one.
 */
import type { FunctionalEnv, Info, StateRows } from '../core.js'
import { ResetNeededError } from '../errors.js'
import { loadFunctional, NO_INFO, savedFunctional } from '../functional-env.js'
import type { Json } from '../json.js'
import type { EnvSpec } from '../registry.js'
import { savedBoolean, savedList, savedObject } from '../saved.js'
import { type Generator, generator } from '../seeding/generator.js'
import { readFlat } from '../spaces/flat.js'
import type { Space } from '../spaces/space.js'
import { closedError } from '../wrappers/close-enforcing.js'
import { loadOrderEnforcing, savedOrderEnforcing } from '../wrappers/order-enforcing.js'
import { checkTimeLimit, loadTimeLimit, savedTimeLimit } from '../wrappers/time-limit.js'
import { actionCheck, checkIndex, checkObservation, checkReward, checkVector } from './boundary.js'
import { throwTogether, whereabouts } from './failures.js'
import { resetPlan } from './reset-plan.js'
import { rowStepper, SOME_ENDED, SOME_NOT_FINITE, settle } from './row-stepper.js'
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

  const state = new Float64Array(numEnvs * stateSize)
  const randoms: Generator[] = []
  const where = whereabouts(name, numEnvs)
  const elapsed = where.steps // since the reset
  const errors: unknown[] = [] // of this call, thrown at its end
  const waiting = new Uint8Array(numEnvs) // 1 where the next step is a reset (next-step)
  const infos: Info[] = new Array<Info>(numEnvs).fill(NO_INFO)
  const { info } = functions
  const { observations, finalObservations, rewards, terminated, truncated, step } = answerRows(numEnvs, width, () => {
    if (info !== undefined) for (let i = 0; i < numEnvs; i++) infos[i] = info(state, i * stateSize)
    return infos
  })
  const actionRows = new Float64Array(numEnvs * actionSpace.size)
  const check = actionCheck(name, actionSpace, numEnvs, actionRows)
  const stepper = rowStepper(functions, (i, error) => {
    elapsed[i]!++ // the step that failed
    errors.push(where.failure(i, 'step', error, readFlat(actionSpace as Space, actionRows, i * actionSpace.size)))
    elapsed[i]!--
  })
  const rows: StateRows = { state, actions: actionRows, randoms, rewards, terminated, observations }
  let started = false
  let closed = false
  let anyWaiting = false

  const open = (method: string): void => {
    if (closed) throw closedError(name, method)
  }

  const throwErrors = () => {
    if (errors.length > 0) throwTogether(errors.splice(0))
  }

  const begin = (i: number, seed?: number, choices?: Readonly<Record<string, unknown>>) => {
    where.begin(i, seed)
    waiting[i] = 0
    try {
      functions.initial(randoms[i]!, state, i * stateSize, choices)
      functions.observe(state, i * stateSize, observations, i * width)
    } catch (error) {
      errors.push(where.failure(i, 'reset', error))
      return
    }
    checkFinite(i, 0)
  }

  /** Steps the stretches between environments that wait for their reset. */
  const stepBetween = () => {
    for (let from = 0, i = 0; i <= numEnvs; i++) {
      if (i < numEnvs && waiting[i] === 0) continue
      if (from < i) stepper.step(rows, from, i)
      from = i + 1
    }
  }

  /** What a step is for those that wait. */
  const restart = () => {
    anyWaiting = false
    for (let i = 0; i < numEnvs; i++) {
      if (waiting[i] === 0) continue
      rewards[i] = 0
      terminated[i] = 0
      truncated[i] = 0
      begin(i)
    }
  }

  /** Some number is not finite: the environment that gave it is named in the error. A reset has no reward. */
  const checkFinite = (i: number, step: number) => {
    try {
      if (step > 0) checkReward(name, rewards[i]!, i, step, where)
      checkObservation(name, observations, i * width, width, i, step, where)
    } catch (error) {
      errors.push(error)
    }
  }

  const blame = () => {
    for (let i = 0; i < numEnvs; i++) if (waiting[i] === 0) checkFinite(i, elapsed[i]!)
  }

  const finish = (i: number) => {
    const end = (i + 1) * width
    for (let k = i * width; k < end; k++) finalObservations[k] = observations[k]!
    if (autoreset === 'same-step') begin(i)
    else if (autoreset === 'next-step') {
      waiting[i] = 1
      anyWaiting = true
    }
  }

  const saveOne = (i: number): Json => {
    const own = savedFunctional(state.subarray(i * stateSize, (i + 1) * stateSize), randoms[i] ?? null)
    const ordered = savedOrderEnforcing(own, started)
    return Number.isFinite(limits[i]) ? savedTimeLimit(ordered, elapsed[i]!) : ordered
  }

  const loadOne = (i: number, saved: Json) => {
    const limited = Number.isFinite(limits[i]) ? loadTimeLimit(saved) : { elapsed: 0, inside: saved }
    const ordered = loadOrderEnforcing(limited.inside)
    const random = loadFunctional(name, ordered.inside, state, i * stateSize, stateSize)
    where.load(i, limited.elapsed)
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
      open('reset')
      const { touches, seed } = resetPlan(name, resetOptions, numEnvs, started)
      for (let i = 0; i < numEnvs; i++) {
        if (!touches(i)) continue
        const own = seed(i) ?? (randoms[i] === undefined ? i : undefined)
        if (own !== undefined) randoms[i] = generator(own)
        begin(i, own, resetOptions.options)
      }
      throwErrors()
      started = true
      return observations
    },
    step: (actions) => {
      open('step')
      if (!started) throw new ResetNeededError(`${name}.step: call reset() first`)
      check(actions)
      if (anyWaiting) stepBetween()
      else stepper.step(rows, 0, numEnvs)
      const found = settle(rows, elapsed, limits, truncated)
      if ((found & SOME_NOT_FINITE) !== 0) blame()
      if (anyWaiting) restart()
      if ((found & SOME_ENDED) !== 0) {
        for (let i = 0; i < numEnvs; i++) if ((terminated[i]! | truncated[i]!) === 1) finish(i)
      }
      throwErrors()
      return step
    },
    infos: () => (started ? step.infos : infos),
    ...(draw && {
      draw: (index, canvas) => {
        open('draw')
        checkIndex(name, 'draw', index, numEnvs)
        if (!started) throw new ResetNeededError(`${name}.draw: call reset() first`)
        try {
          draw(state, index * stateSize, canvas)
        } catch (error) {
          throw where.failure(index, 'draw', error)
        }
      },
    }),
    saveOne: (index) => {
      open('saveOne')
      checkIndex(name, 'saveOne', index, numEnvs)
      return saveOne(index)
    },
    save: () => {
      open('save')
      return { envs: Array.from({ length: numEnvs }, (_, i) => saveOne(i)), waiting: Array.from(waiting, Boolean) }
    },
    load: (saved) => {
      open('load')
      const object = savedObject(`${name}.load`, saved)
      const envs = savedList(`${name}.load: envs`, object['envs'], numEnvs)
      const waits = savedList(`${name}.load: waiting`, object['waiting'], numEnvs)
      for (let i = 0; i < numEnvs; i++) {
        try {
          loadOne(i, envs[i]!)
        } catch (error) {
          errors.push(where.failure(i, 'load', error))
        }
        waiting[i] = savedBoolean(`${name}.load: waiting`, waits[i]) ? 1 : 0
      }
      anyWaiting = waiting.includes(1)
      throwErrors()
    },
    close: () => {
      closed = true
    },
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
