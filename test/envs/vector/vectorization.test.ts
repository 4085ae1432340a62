import { describe, expect, test } from 'vitest'
import { functionalEnv } from '../../../envs/functional-env.js'
import { makeVec, register, vectorChoice } from '../../../envs/registry.js'
import { serial } from '../../../envs/vector/serial.js'
import { stepCost, type Vectorization, type WorkerKit, workersPay } from '../../../envs/vector/vectorization.js'
import { counter } from '../../support/counter-env.js'

const module = 'file:///whole.js' // never loaded: the workers of these tests are none
register({ id: 'test/Whole-v0', env: () => functionalEnv(counter()), maxEpisodeSteps: 9, module })
register({ id: 'test/Hidden-v0', env: () => functionalEnv(counter()) })

/** Workers that are none, and note that they were asked for. */
function kit(stepMs: number, parallelism = 2): WorkerKit & { readonly asked: unknown[] } {
  let now = 0
  const asked: unknown[] = []
  return {
    asked,
    parallelism,
    clock: () => (now += 16 * stepMs), // one look before and one after a batch of 16
    create: (source, options) => {
      asked.push(source, options)
      return serial(() => functionalEnv(counter()), options)
    },
  }
}

describe('the choice of a vector environment', () => {
  test('workers pay when they save more than waking them costs', () => {
    expect(workersPay(8, 0.016, 2)).toBe(true) // 8 · 16 µs · 1/2 = 64 µs
    expect(workersPay(8, 0.014, 2)).toBe(false) // 56 µs
    expect(workersPay(64, 0.002, 2)).toBe(true)
    expect(workersPay(1000, 10, 1)).toBe(false) // one thread saves nothing
    expect(workersPay(1, 1000, 8)).toBe(false)
  })

  test('the cost of a step is the least of several averages', () => {
    const times = [0, 0, 160, 160, 176, 176, 208, 400] // the beginning; then batches of 160, 16 and 32 ms, with a look at the time between
    let look = 0
    const clock = () => times[Math.min(look++, times.length - 1)]!
    const { cost, steps } = measured(clock)
    expect(cost).toBe(10) // the first batch took 160 ms for 16 steps, and with that the time was up
    expect(steps).toBe(16)
    expect(measured(ticking(0.016)).cost).toBeCloseTo(0.001)
  })

  test('free, it takes workers for costly steps only, and only where they are handed in', () => {
    const choose = (workers?: WorkerKit) => makeVec('test/Whole', { numEnvs: 8, ...(workers && { workers }) })
    const [cheap, costly] = [kit(0.001), kit(0.05)]
    choose()
    choose(cheap)
    choose(costly)
    expect(cheap.asked).toEqual([])
    expect(costly.asked).toEqual([
      { id: 'test/Whole-v0', kwargs: {}, maxEpisodeSteps: 9, module },
      { numEnvs: 8, autoreset: 'same-step' },
    ])
    const arrays = kit(1)
    makeVec('CartPole', { numEnvs: 8, workers: arrays })
    expect(arrays.asked).toEqual([])
  })

  test('says which it takes, and why', () => {
    const why = (name: string, numEnvs: number, workers?: WorkerKit, vectorization: Vectorization = 'auto') => {
      const { kind, why: reason } = vectorChoice(name, { numEnvs, vectorization, ...(workers && { workers }) })
      return `${kind}: ${reason}`
    }
    expect(why('CartPole', 8, kit(1))).toBe('arrays: it is written as functions')
    expect(why('CartPole', 8, kit(1), 'workers')).toBe('workers: as asked')
    expect(why('test/Whole', 8)).toBe('serial: no worker threads were handed in')
    expect(why('test/Whole', 1, kit(1))).toBe('serial: one environment leaves nothing to share out')
    expect(why('test/Whole', 8, kit(1, 1))).toBe('serial: one thread leaves nothing to share out')
    expect(why('test/Hidden', 8, kit(1))).toBe('serial: its registration names no module, so only this thread can make it')
    expect(why('test/Whole', 8, kit(0.001))).toBe('serial: a step costs 1 µs, too little for worker threads to pay')
    expect(why('test/Whole', 8, kit(0.05, 3))).toBe('workers: a step costs 50 µs, worth 3 threads')
    expect(why('test/Whole', 2, kit(0.25, 3))).toBe('workers: a step costs 250 µs, worth 2 threads')
  })

  test('an environment that fails while it is measured stays in this thread, where the run will meet its error', () => {
    let closed = 0
    const env = () => ({
      ...functionalEnv(counter()),
      step: () => {
        throw new Error('the wheel came off')
      },
      close: () => void closed++,
    })
    register({ id: 'test/Broken-v0', env, module })
    expect(vectorChoice('test/Broken', { numEnvs: 4, workers: kit(1) })).toEqual({
      kind: 'serial',
      why: 'what a step costs could not be measured: Error: the wheel came off',
    })
    expect(closed).toBe(1)
  })

  test.each(['arrays', 'serial'] as const)('%s of functions go the same way', (vectorization) => {
    const venv = makeVec('CartPole', { numEnvs: 3, vectorization, maxEpisodeSteps: 30 })
    const other = makeVec('CartPole', { numEnvs: 3, maxEpisodeSteps: 30 })
    expect([...venv.reset({ seed: 1 })]).toEqual([...other.reset({ seed: 1 })])
    for (let t = 0; t < 60; t++) expect([...venv.step([t % 2, 1, 0]).observations]).toEqual([...other.step([t % 2, 1, 0]).observations])
    expect(venv.spec).toEqual(other.spec)
  })

  test('what cannot be is refused', () => {
    const choose = (vectorization: string) => makeVec('test/Whole', { vectorization: vectorization as Vectorization })
    expect(() => choose('arrays')).toThrow('test/Whole-v0 is not written as functions, so it cannot run in arrays')
    expect(() => choose('workers')).toThrow("vectorization 'workers' needs worker threads; hand them in as workers: nodeWorkers()")
    expect(() => choose('threads')).toThrow('vectorization must be auto, arrays, serial, workers, got "threads"')
  })
})

function measured(clock: () => number): { readonly cost: number; readonly steps: number } {
  let steps = 0
  const world = functionalEnv(counter())
  const env = {
    ...world,
    step: (action: number) => {
      steps++
      return world.step(action)
    },
  }
  return { cost: stepCost(env, clock), steps }
}

function ticking(ms: number): () => number {
  let now = 0
  return () => (now += ms)
}
