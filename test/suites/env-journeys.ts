/** Ways through an environment, written down so that two can be compared: by the environment alone, or in a vector. Actions are samples. */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Env } from '../../envs/core.js'
import { writeFlat } from '../../envs/spaces/flat.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'

const STEPS = 220 // many environments have a limit of 200

/** Equal, step by step; the first that differs is shown. */
export function expectSameWay(way: readonly unknown[], expected: readonly unknown[]): void {
  const parting = expected.findIndex((step, t) => !isDeepStrictEqual(bits(way[t]), bits(step)))
  if (parting >= 0) expect({ t: parting, step: way[parting] }).toEqual({ t: parting, step: expected[parting] })
  expect(way.length).toBe(expected.length)
}

/** Rows of float32 as whole numbers, which tell 0 from −0. */
function bits(step: unknown): unknown {
  if (step instanceof Float32Array) return new Uint32Array(step.buffer, step.byteOffset, step.length)
  if (Array.isArray(step)) return step.map(bits)
  if (typeof step !== 'object' || step === null || ArrayBuffer.isView(step)) return step
  return Object.fromEntries(Object.entries(step).map(([key, value]) => [key, bits(value)]))
}

export interface Step {
  readonly observation: unknown
  readonly reward: number
  readonly terminated: boolean
  readonly truncated: boolean
  readonly first?: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: any environment
export type AnyEnv = Env<any, any>

export function journey(env: AnyEnv, seed: number, steps = STEPS): Step[] {
  const [observation] = env.reset({ seed })
  env.actionSpace.seed(seed)
  return [{ observation, reward: 0, terminated: false, truncated: false }, ...onward(env, steps)]
}

/** Goes on from here; resets where an episode ends. */
export function onward(env: AnyEnv, steps: number): Step[] {
  return actionsOf(env, 77, steps).map((action) => {
    const [observation, reward, terminated, truncated] = env.step(action)
    return { observation, reward, terminated, truncated, ...((terminated || truncated) && { first: env.reset()[0] }) }
  })
}

export function actionsOf(env: AnyEnv, seed: number, count: number): unknown[] {
  env.actionSpace.seed(seed)
  return Array.from({ length: count }, () => env.actionSpace.sample())
}

export function vectorJourney(venv: VectorEnv, seed: number, steps = STEPS): unknown[] {
  return [venv.reset({ seed }).slice(), ...vectorOnward(venv, seed, steps)]
}

export function vectorOnward(venv: VectorEnv, seed: number, steps: number): unknown[] {
  const trace: unknown[] = []
  venv.actionSpace.seed(seed)
  const width = venv.observationSpace.size
  const actions = new Float64Array(venv.numEnvs * venv.actionSpace.size)
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < venv.numEnvs; i++) writeFlat(venv.actionSpace, venv.actionSpace.sample(), actions, i * venv.actionSpace.size)
    const { observations, rewards, terminated, truncated, finalObservations, episodes } = venv.step(actions)
    const finals = episodes.map(({ env }) => finalObservations.slice(env * width, (env + 1) * width))
    trace.push({
      observations: observations.slice(),
      rewards: [...rewards],
      terminated: [...terminated],
      truncated: [...truncated],
      finals,
      episodes: [...episodes],
    })
  }
  return trace
}

/** The same journey by hand: one environment after the other, reset where its episode ends. */
export function singlesJourney(envs: readonly AnyEnv[], seed: number): unknown[] {
  const { size } = envs[0]!.observationSpace
  const rows = (observations: readonly unknown[]) => {
    const all = new Float32Array(observations.length * size)
    observations.forEach((observation, i) => void all.set(flatRow(envs[0]!, observation), i * size))
    return all
  }
  const trace: unknown[] = [rows(envs.map((env, i) => env.reset({ seed: seed + i })[0]))]
  const { actionSpace } = envs[0]!
  actionSpace.seed(seed)
  const returns = envs.map(() => 0)
  const lengths = envs.map(() => 0)
  for (let t = 0; t < STEPS; t++) {
    const finals: Float32Array[] = []
    const episodes: unknown[] = []
    const steps = envs.map((env, i) => {
      const [observation, reward, terminated, truncated] = env.step(actionSpace.sample())
      returns[i]! += reward
      lengths[i]!++
      if (!terminated && !truncated) return { observation, reward, terminated, truncated }
      finals.push(flatRow(env, observation))
      episodes.push({ env: i, return: returns[i], length: lengths[i], terminated, truncated })
      returns[i] = 0
      lengths[i] = 0
      return { observation: env.reset()[0], reward, terminated, truncated }
    })
    trace.push({
      observations: rows(steps.map(({ observation }) => observation)),
      rewards: steps.map(({ reward }) => reward),
      terminated: steps.map(({ terminated }) => (terminated ? 1 : 0)),
      truncated: steps.map(({ truncated }) => (truncated ? 1 : 0)),
      finals,
      episodes,
    })
  }
  return trace
}

export function flatRow(env: AnyEnv, observation: unknown): Float32Array {
  const row = new Float32Array(env.observationSpace.size)
  writeFlat(env.observationSpace, observation, row)
  return row
}
