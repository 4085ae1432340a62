/**
 * N environments of any kind, stepped one after the other: for those that are not written as functions.
 * What comes out is what struct-of-arrays.ts gives for the same dynamics and seeds.
 */
import type { Env, Info } from '../core.js'
import { EnvError, ResetNeededError } from '../errors.js'
import { NO_INFO } from '../functional-env.js'
import { describeSpace } from '../spaces/describe.js'
import { readFlat, writeFlat } from '../spaces/flat.js'
import { closedError } from '../wrappers/close-enforcing.js'
import { actionCheck, checkIndex, checkObservation, checkReward, checkRows, checkVector } from './boundary.js'
import { resetPlan } from './reset-plan.js'
import { answerRows } from './rows.js'
import { savedVector } from './saved-vector.js'
import type { AutoresetMode, VectorEnv } from './vector-env.js'

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
  // biome-ignore lint/suspicious/noExplicitAny: rows of numbers cross here, whatever the elements are
  each<T>(visit: (env: Env<any, any>, index: number) => T): T[]
}

/**
 * @param create makes environment `index`; all must have equal spaces
 * @throws RangeError when numEnvs is not a whole number of at least 1; EnvError when the spaces differ or have no flat form
 */
// biome-ignore lint/suspicious/noExplicitAny: rows of numbers cross here, whatever the elements are
export function serial(create: (index: number) => Env<any, any>, options: SerialOptions): SerialVectorEnv {
  const { numEnvs, autoreset = 'same-step', firstIndex = 0 } = options
  checkVector('serial', numEnvs, autoreset)
  const envs = Array.from({ length: numEnvs }, (_, i) => create(i))
  const first = envs[0]!
  const { observationSpace, actionSpace, spec } = first
  const name = spec?.id ?? 'environment'
  checkSpaces(name, envs)
  const width = observationSpace.size
  const drawable = first.draw !== undefined

  const steps = new Float64Array(numEnvs) // since the reset
  const waiting = new Uint8Array(numEnvs) // 1 where the next step is a reset (next-step)
  const infos = new Array<Info>(numEnvs).fill(NO_INFO)
  const { observations, finalObservations, rewards, terminated, truncated, step } = answerRows(numEnvs, width, () => infos)
  const check = actionCheck(name, actionSpace, numEnvs)
  let started = false
  let closed = false

  const open = (method: string): void => {
    if (closed) throw closedError(name, method)
  }

  const write = (i: number, observation: unknown, out: Float32Array) => {
    writeFlat(observationSpace, observation, out, i * width)
    checkObservation(name, out, i * width, width, firstIndex + i, steps[i]!)
  }

  const begin = (i: number, seed?: number, options?: Readonly<Record<string, unknown>>) => {
    const [observation, info] = envs[i]!.reset({ ...(seed !== undefined && { seed }), ...(options && { options }) })
    steps[i] = 0
    waiting[i] = 0
    infos[i] = info
    write(i, observation, observations)
  }

  const advance = (i: number, actions: ArrayLike<number>) => {
    const [observation, reward, ended, cut, info] = envs[i]!.step(readFlat(actionSpace, actions, i * actionSpace.size))
    steps[i]!++
    checkReward(name, reward, firstIndex + i, steps[i]!)
    rewards[i] = reward
    terminated[i] = ended ? 1 : 0
    truncated[i] = cut ? 1 : 0
    infos[i] = info
    if (!(ended || cut)) write(i, observation, observations)
    else {
      write(i, observation, finalObservations)
      if (autoreset === 'same-step') begin(i)
      else {
        write(i, observation, observations)
        if (autoreset === 'next-step') waiting[i] = 1
      }
    }
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
        if (touches(i)) begin(i, seed(i) ?? (started ? undefined : i), resetOptions.options)
      }
      started = true
      return observations
    },
    step: (actions) => {
      open('step')
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
    infos: () => infos,
    ...(drawable && {
      draw: (index, canvas) => {
        checkIndex(name, 'draw', index, numEnvs)
        envs[index]!.draw!(canvas)
      },
    }),
    saveOne: (index) => {
      checkIndex(name, 'saveOne', index, numEnvs)
      return envs[index]!.save()
    },
    save: () => ({ envs: envs.map((env) => env.save()), waiting: Array.from(waiting, Boolean), steps: [...steps], started }),
    load: (saved) => {
      const before = savedVector(name, saved, numEnvs)
      for (let i = 0; i < numEnvs; i++) envs[i]!.load(before.envs[i]!)
      waiting.set(before.waiting.map(Number))
      steps.set(before.steps)
      started = before.started
    },
    each: (visit) => envs.map(visit),
    close: () => {
      if (closed) return
      closed = true
      for (const env of envs) env.close()
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
