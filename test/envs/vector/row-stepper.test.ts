import { Session } from 'node:inspector/promises'
import { describe, expect, test } from 'vitest'
import { acrobot } from '../../../envs/classic-control/acrobot.js'
import { cartpole } from '../../../envs/classic-control/cartpole.js'
import { mountainCar } from '../../../envs/classic-control/mountain-car.js'
import { mountainCarContinuous } from '../../../envs/classic-control/mountain-car-continuous.js'
import { pendulum } from '../../../envs/classic-control/pendulum.js'
import type { FunctionalEnv, StateRows } from '../../../envs/core.js'
import { makeVec } from '../../../envs/registry.js'
import { rowStepper, SOME_ENDED, SOME_NOT_FINITE, settle } from '../../../envs/vector/row-stepper.js'
import { structOfArrays } from '../../../envs/vector/struct-of-arrays.js'
import type { AutoresetMode, VectorEnv } from '../../../envs/vector/vector-env.js'

const NUM_ENVS = 7

// biome-ignore lint/suspicious/noExplicitAny: each types its own observations and actions
const WITH_LOOPS: readonly [string, FunctionalEnv<any, any>][] = [
  ['CartPole', cartpole()],
  ['CartPole, Sutton and Barto', cartpole({ suttonBartoReward: true, kinematicsIntegrator: 'semi-implicit' })],
  ['MountainCar', mountainCar()],
  ['MountainCarContinuous', mountainCarContinuous({ goalVelocity: 0.01 })],
  ['Pendulum', pendulum()],
  ['Acrobot', acrobot()],
  ['Acrobot with noise', acrobot({ bookOrNips: 'nips', torqueNoiseMax: 0.5 })],
]

describe.each(WITH_LOOPS)('the loop of %s', (_, functions) => {
  const { rows, ...plain } = functions

  test.each<AutoresetMode>(['same-step', 'next-step', 'disabled'])(
    'gives bit for bit what its three functions give, in mode %s',
    (mode) => {
      const choices = { numEnvs: NUM_ENVS, autoreset: mode, maxEpisodeSteps: [3, 90, 90, 90, 90, 90, 5] }
      const [own, general] = [structOfArrays(functions, choices), structOfArrays(plain, choices)]
      expect(own.reset({ seed: 3 })).toEqual(general.reset({ seed: 3 }))
      functions.actionSpace.seed(1)
      for (let t = 0; t < 200; t++) {
        const actions = Array.from({ length: NUM_ENVS }, () => wide(functions.actionSpace.sample()))
        const [a, b] = [own.step(actions), general.step(actions)]
        for (const field of ['observations', 'finalObservations', 'rewards', 'terminated', 'truncated'] as const)
          expect(a[field]).toEqual(b[field])
      }
      expect(own.save()).toEqual(general.save())
    },
  )

  test('is the one that runs, but only beside the functions that it names', () => {
    expect(rowStepper(functions, () => {})).toBe(rows)
    for (const changed of ['transition', 'terminal', 'observe'] as const) {
      // biome-ignore lint/suspicious/noExplicitAny: the same function, but another object
      const same: (...inputs: any[]) => any = functions[changed]
      expect(rowStepper({ ...functions, [changed]: (...inputs: unknown[]) => same(...inputs) }, () => {})).not.toBe(rows)
    }
  })

  test('allocates nothing per step', async () => {
    expect(await bytesPerStep(structOfArrays(functions, { numEnvs: 64 }))).toBeLessThan(2)
  })
})

test('nor does what makeVec gives, statistics included, but for what it tells at the end of an episode', async () => {
  expect(await bytesPerStep(makeVec('Pendulum', { numEnvs: 64 }))).toBeLessThan(2)
})

test('an environment with another reward pays that reward', () => {
  const venv = structOfArrays({ ...cartpole(), transition: () => 5 }, { numEnvs: 2 })
  venv.reset({ seed: 0 })
  expect([...venv.step([0, 1]).rewards]).toEqual([5, 5])
})

describe('settling a step', () => {
  const rowsOf = (terminated: number[], rewards = [0, 0, 0], observations = [0, 0, 0]): StateRows => ({
    state: new Float64Array(3),
    actions: new Float64Array(3),
    randoms: [],
    rewards: Float64Array.from(rewards),
    terminated: Uint8Array.from(terminated),
    observations: Float32Array.from(observations),
  })
  const settled = (rows: StateRows) => settle(rows, new Float64Array(3), new Float64Array(3).fill(9), new Uint8Array(3))

  test('counts it, and says where and whether episodes ended', () => {
    const [elapsed, limits, truncated] = [Float64Array.of(0, 4, 4), Float64Array.of(Infinity, 6, 5), new Uint8Array(3)]
    expect(settle(rowsOf([0, 0, 0]), elapsed, limits, truncated)).toBe(SOME_ENDED)
    expect([[...elapsed], [...truncated]]).toEqual([
      [1, 5, 5],
      [0, 0, 1],
    ])
    expect(settled(rowsOf([0, 0, 0]))).toBe(0)
    expect(settled(rowsOf([0, 1, 0]))).toBe(SOME_ENDED)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('sees a %s wherever it is', (value) => {
    for (let i = 0; i < 3; i++) {
      const one = [1e300, -1e38, 2].with(i, value)
      expect(settled(rowsOf([0, 0, 0], one))).toBe(SOME_NOT_FINITE)
      expect(settled(rowsOf([0, 0, 1], undefined, one.with((i + 1) % 3, 0)))).toBe(SOME_ENDED | SOME_NOT_FINITE)
    }
    expect(settled(rowsOf([0, 0, 0], [1e308, 1e308, 1e308], [3e38, 3e38, 3e38]))).toBe(0) // their sum is not finite, but each is
  })
})

/** An action as one number, beyond the bounds now and then where there are any. */
const wide = (action: number | ArrayLike<number>): number => (typeof action === 'number' ? action : 1.5 * action[0]!)

/** Bytes on the heap for the step of one environment among 64. Until they are compiled, functions put every number in a box of 12 bytes or more. */
async function bytesPerStep(venv: VectorEnv): Promise<number> {
  venv.reset({ seed: 1 })
  const actions = Array.from({ length: 16 }, (_, t) => Float32Array.from({ length: 64 }, (_, n) => ((t * 7 + n * 3) >> 1) & 1))
  const run = (steps: number) => {
    for (let t = 0; t < steps; t++) venv.step(actions[t % actions.length]!)
  }
  let bytes = Infinity
  for (let attempt = 0; attempt < 20 && bytes >= 2; attempt++) {
    run(500)
    bytes = (await allocated(() => run(500))) / (500 * 64)
  }
  return bytes
}

/** Bytes that the library's own code allocates on the heap while `work` runs, garbage included, as the sampling profiler sees it. */
async function allocated(work: () => void): Promise<number> {
  const session = new Session()
  session.connect()
  const options = { samplingInterval: 64, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true }
  await session.post('HeapProfiler.startSampling', options as { samplingInterval: number })
  work()
  const { profile } = await session.post('HeapProfiler.stopSampling')
  session.disconnect()
  const bytesOf = ({ selfSize, callFrame, children }: typeof profile.head): number =>
    (/inspector/.test(callFrame.url) ? 0 : selfSize) + children.reduce((sum, child) => sum + bytesOf(child), 0)
  return bytesOf(profile.head)
}
