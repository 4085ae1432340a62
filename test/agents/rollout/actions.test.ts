/** Actions arrive in the environment's own form: its type, its start, its shape, within its bounds. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionAdapter } from '../../../agents/rollout/actions.js'
import type { Env } from '../../../envs/core.js'
import { type Box, box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import type { Space } from '../../../envs/spaces/space.js'
import { serial } from '../../../envs/vector/serial.js'

/** What an environment with such actions is told when the policy chose `actions`. */
function told<T>(actionSpace: Space<T>, actions: readonly number[], squash = false): T {
  let heard: T | undefined
  const env: Env<Float32Array, T> = {
    observationSpace: box({ low: 0, high: 1 }),
    actionSpace,
    spec: null,
    get unwrapped() {
      return env as Env
    },
    reset: () => [Float32Array.of(0), {}],
    step: (action) => {
      heard = action
      return [Float32Array.of(0), 0, false, false, {}]
    },
    save: () => null,
    load: () => {},
    close: () => {},
  }
  const venv = serial(() => env, { numEnvs: 1 })
  venv.reset()
  venv.step(actionAdapter(actionSpace, { squash }).toEnv(Float32Array.from(actions), 1))
  expect(actionSpace.contains(heard)).toBe(true)
  return heard!
}

describe('what the environment is told', () => {
  test('a number from its start on, for one choice', () => {
    expect(told(discrete(3, { start: -1 }), [2])).toBe(1)
  })

  test('whole numbers from their starts on, for several', () => {
    expect(told(multiDiscrete([2, 3, 4], { start: [0, 10, -4] }), [1, 0, 3])).toEqual(Int32Array.of(1, 10, -1))
    expect(told(multiDiscrete([2, 2, 2, 2], { shape: [2, 2] }), [1, 0, 1, 1])).toEqual(Int32Array.of(1, 0, 1, 1))
  })

  test('bits', () => {
    expect(told(multiBinary([2, 2]), [1, 0, 0, 1])).toEqual(Int8Array.of(1, 0, 0, 1))
  })

  test('a box of two dimensions, clipped, in its own type', () => {
    const space = box({ low: [-1, -2, 0, 0], high: [1, 2, 1, Infinity], shape: [2, 2] })
    expect(told(space, [-3, 1.5, 0.25, 9])).toEqual(Float32Array.of(-1, 1.5, 0.25, 9))
    expect(told(box({ low: -1, high: 1, shape: [2], dtype: 'float64' }), [0.5, 2])).toEqual(Float64Array.of(0.5, 1))
  })

  test('stays within bounds that float32 cannot hold', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.double({ min: 1e-9, max: 10, noNaN: true }), (low, width) => {
        const space: Box<'float64'> = box({ low, high: low + width + 1e-3, dtype: 'float64' })
        for (const squash of [false, true]) for (const action of [-1e6, 1e6]) told(space, [action], squash)
      }),
    )
  })
})

describe('squashed', () => {
  test('tanh of what was drawn, stretched to the bounds', () => {
    const space = box({ low: [-2, 0], high: [2, 1] })
    const { toEnv, distribution } = actionAdapter(space, { squash: true })
    expect(distribution.kind).toBe('squashed-gaussian')
    expect(toEnv(Float32Array.of(0, 0, 0.5, -0.5), 2)).toBeAllClose([0, 0.5, 2 * Math.tanh(0.5), (1 + Math.tanh(-0.5)) / 2], 1e-6, 1e-7)
    expect([...toEnv(Float32Array.of(100, -100), 1)]).toEqual([2, 0])
  })

  test('needs bounds, and numbers', () => {
    const half = box({ low: 0, high: Infinity })
    expect(() => actionAdapter(half, { squash: true })).toThrow(
      'network.squash: expected a box with finite bounds on every action, got an open one; set it to false.',
    )
    expect(() => actionAdapter(discrete(2), { squash: true })).toThrow(
      'network.squash: expected box actions, got discrete; set it to false.',
    )
  })
})
