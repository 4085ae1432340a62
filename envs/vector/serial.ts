/**
 * N environments of any kind, stepped one after the other: for those that are not written as functions.
 * What comes out is what struct-of-arrays.ts gives for the same dynamics and seeds.
 */
import type { Env, Info } from '../core.js'
import { EnvError, ResetNeededError } from '../errors.js'
import { NO_INFO } from '../functional-env.js'
import type { Json } from '../json.js'
import { describeSpace } from '../spaces/describe.js'
import { readFlat, writeFlat } from '../spaces/flat.js'
import { closedError } from '../wrappers/close-enforcing.js'
import { actionCheck, checkIndex, checkObservation, checkReward, checkRows, checkVector } from './boundary.js'
import { throwTogether, whereabouts } from './failures.js'
import { resetPlan } from './reset-plan.js'
import { answerRows } from './rows.js'
import { savedVector } from './saved-vector.js'
import type { AutoresetMode, VectorEnv } from './vector-env.js'

// biome-ignore lint/suspicious/noExplicitAny: rows of numbers cross here, whatever the elements are
type AnyEnv = Env<any, any>

export interface SerialOptions {
  /** At least 1. */
  readonly numEnvs: number
  /** Default 'same-step'. */
  readonly autoreset?: AutoresetMode
  /** What messages call the first environment; above 0 where these are a part of a larger vector. Default 0. */
  readonly firstIndex?: number
}

/** A vector environment whose single environments can be reached. */
export interface SerialVectorEnv extends VectorEnv {
  /** Calls `visit` with every environment, in order; what it returns is collected. Do not reset or step an environment in it. */
  each<T>(visit: (env: AnyEnv, index: number) => T): T[]
}

/**
 * @param create makes environment `index`; all must have equal spaces
 * @throws RangeError when numEnvs is not a whole number of at least 1; EnvError when the spaces differ or have no flat form
 */
export function serial(create: (index: number) => AnyEnv, options: SerialOptions): SerialVectorEnv {
  const { numEnvs, autoreset = 'same-step', firstIndex = 0 } = options
  checkVector('serial', numEnvs, autoreset)
  const envs = Array.from({ length: numEnvs }, (_, i) => create(i))
  const first = envs[0]!
  const { observationSpace, actionSpace, spec } = first
  const name = spec?.id ?? 'environment'
  checkSpaces(name, envs)
  const width = observationSpace.size
  const drawable = first.draw !== undefined

  const where = whereabouts(name, numEnvs, firstIndex)
  const { steps } = where
  const waiting = new Uint8Array(numEnvs) // 1 where the next step is a reset (next-step)
  const infos = new Array<Info>(numEnvs).fill(NO_INFO)
  const { observations, finalObservations, rewards, terminated, truncated, step } = answerRows(numEnvs, width, () => infos)
  const check = actionCheck(name, actionSpace, numEnvs)
  let started = false
  let closed = false

  const open = (method: string): void => {
    if (closed) throw closedError(name, method)
  }

  /** Visits every environment, also after one has failed. @throws what the failures say together */
  const everyOne = (visit: (i: number) => void) => {
    const errors: unknown[] = []
    for (let i = 0; i < numEnvs; i++) {
      try {
        visit(i)
      } catch (error) {
        errors.push(error)
      }
    }
    throwTogether(errors)
  }

  /** What environment i is asked, with its failure told as that of this vector. */
  const asked = <T>(i: number, method: string, ask: (env: AnyEnv) => T): T => {
    try {
      return ask(envs[i]!)
    } catch (error) {
      throw where.failure(i, method, error)
    }
  }

  const checked = (i: number, out: Float32Array) => checkObservation(name, out, i * width, width, firstIndex + i, steps[i]!, where)

  const begin = (i: number, seed?: number, options?: Readonly<Record<string, unknown>>) => {
    where.begin(i, seed)
    waiting[i] = 0
    infos[i] = asked(i, 'reset', (env) => {
      const [observation, info] = env.reset({ ...(seed !== undefined && { seed }), ...(options && { options }) })
      writeFlat(observationSpace, observation, observations, i * width)
      return info
    })
    checked(i, observations)
  }

  const advance = (i: number, actions: ArrayLike<number>) => {
    steps[i]!++
    const action = readFlat(actionSpace, actions, i * actionSpace.size)
    let ended: boolean
    try {
      const [observation, reward, over, cut, info] = envs[i]!.step(action)
      ended = over || cut
      rewards[i] = reward
      terminated[i] = over ? 1 : 0
      truncated[i] = cut ? 1 : 0
      infos[i] = info
      if (ended) writeFlat(observationSpace, observation, finalObservations, i * width)
      if (!ended || autoreset !== 'same-step') writeFlat(observationSpace, observation, observations, i * width)
    } catch (error) {
      throw where.failure(i, 'step', error, action)
    }
    checkReward(name, rewards[i]!, firstIndex + i, steps[i]!, where)
    checked(i, ended ? finalObservations : observations)
    if (!ended) return
    if (autoreset === 'same-step') begin(i)
    else if (autoreset === 'next-step') waiting[i] = 1
  }

  const restart = (i: number) => {
    rewards[i] = 0
    terminated[i] = 0
    truncated[i] = 0
    begin(i)
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
      everyOne((i) => {
        if (touches(i)) begin(i, seed(i) ?? (started ? undefined : i), resetOptions.options)
      })
      started = true
      return observations
    },
    step: (actions) => {
      open('step')
      if (!started) throw new ResetNeededError(`${name}.step: call reset() first`)
      check(actions)
      everyOne((i) => (waiting[i] === 0 ? advance(i, actions) : restart(i)))
      return step
    },
    infos: () => infos,
    ...(drawable && {
      draw: (index, canvas) => {
        open('draw')
        checkIndex(name, 'draw', index, numEnvs)
        if (!started) throw new ResetNeededError(`${name}.draw: call reset() first`)
        asked(index, 'draw', (env) => env.draw!(canvas))
      },
    }),
    saveOne: (index) => {
      open('saveOne')
      checkIndex(name, 'saveOne', index, numEnvs)
      return asked(index, 'save', (env) => env.save())
    },
    save: () => {
      open('save')
      const saved: Json[] = []
      everyOne((i) => saved.push(asked(i, 'save', (env) => env.save())))
      return { envs: saved, waiting: Array.from(waiting, Boolean), steps: [...steps], started }
    },
    load: (saved) => {
      open('load')
      const before = savedVector(name, saved, numEnvs)
      everyOne((i) => {
        asked(i, 'load', (env) => env.load(before.envs[i]!))
        where.load(i, before.steps[i]!)
      })
      waiting.set(before.waiting.map(Number))
      started = before.started
    },
    each: (visit) => envs.map(visit),
    close: () => {
      if (closed) return
      closed = true
      everyOne((i) => asked(i, 'close', (env) => env.close()))
    },
  }
}

function checkSpaces(name: string, envs: readonly Env[]): void {
  const first = envs[0]!
  for (const field of ['observationSpace', 'actionSpace'] as const) checkRows(name, field, first[field])
  envs.forEach((env, i) => {
    for (const field of ['observationSpace', 'actionSpace'] as const) {
      if (env[field].equals(first[field])) continue
      throw new EnvError(
        `${name}: ${field} of environment ${i} is ${describeSpace(env[field])}, that of environment 0 ${describeSpace(first[field])}; they must be equal`,
      )
    }
  })
}
