import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pendulum } from '../../../envs/classic-control/pendulum.js'
import { functionalEnv } from '../../../envs/functional-env.js'
import { make } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { rescaleAction } from '../../../envs/wrappers/rescale-action.js'
import { rescaleObservation } from '../../../envs/wrappers/rescale-observation.js'
import { rescaling } from '../../../envs/wrappers/rescaling.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'
import '../../support/shaped-envs.js'

const unit = { minAction: -1, maxAction: 1 }

wrapperSuite('rescaleAction', (env) => rescaleAction(env, unit), { id: 'Pendulum-v1' })
gymnasiumWrapped('RescaleAction', (env, params) => rescaleAction(env, { minAction: params.min_action, maxAction: params.max_action }))

wrapperSuite('rescaleObservation', (env) => rescaleObservation(env, { minObs: [0, 0, 0], maxObs: [1, 2, 3] }), { id: 'Pendulum-v1' })
gymnasiumWrapped('RescaleObservation', (env, params) => rescaleObservation(env, { minObs: params.min_obs, maxObs: params.max_obs }))

describe('rescaling', () => {
  const bounds = fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
    .map(([low, width]) => [low, low + width])

  test('takes bounds to bounds, keeps the order, and leads back', () => {
    fc.assert(
      fc.property(bounds, bounds, fc.float({ min: 0, max: 1, noNaN: true }), ([low, high], [min, max], share) => {
        const space = box({ low: low!, high: high!, dtype: 'float64' })
        const { forward, backward } = rescaling('test', space, { min: min!, max: max! })
        const x = low! + share * (high! - low!)
        expect(forward(low!, 0)).toBeCloseTo(min!, 8)
        expect(forward(high!, 0)).toBeCloseTo(max!, 8)
        expect((forward(x, 0) - min!) / (max! - min!)).toBeCloseTo(share, 8)
        expect(backward(forward(x, 0), 0)).toBeCloseTo(x, 6)
      }),
    )
  })

  test('in a float32 Box every operation rounds to float32, as in NumPy', () => {
    const { forward, backward } = rescaling('test', box({ low: 0, high: 3 }), { min: 1, max: 2 })
    const third = Math.fround(1 / 3)
    for (const x of [0.1, 0.7, 1.3, 2.9].map(Math.fround)) {
      expect(forward(x, 0)).toBe(Math.fround(Math.fround(third * x) + 1))
      expect(backward(forward(x, 0), 0)).toBe(Math.fround(Math.fround(forward(x, 0) - 1) / third))
    }
  })

  test('numbers that are open on a side are only shifted', () => {
    const space = box({ low: [-Infinity, 2, -Infinity], high: [Infinity, Infinity, 5] })
    const { forward, backward } = rescaling('test', space, { min: [-Infinity, 0, -Infinity], max: [Infinity, Infinity, 1] })
    expect([forward(7, 0), forward(7, 1), forward(4, 2)]).toEqual([7, 5, 0]) // 7 − 2, and 4 + (1 − 5)
    expect([backward(7, 0), backward(5, 1), backward(0, 2)]).toEqual([7, 7, 4])
  })

  test.each([
    [{ min: 0, max: Infinity }, 'has the bound 1, which cannot become Infinity'],
    [{ min: 1, max: 0 }, 'bounds must rise from lower to upper, got 1 and 0 at index 0'],
    [{ min: 1, max: 1 }, 'bounds must rise'],
    [{ min: [0, 0], max: 1 }, 'expected 1 lower bounds, one for each number, got 2'],
    [{ min: Number.NaN, max: 1 }, 'cannot become NaN'],
  ])('refuses the bounds %o', (given, message) => {
    expect(() => rescaling('test', box({ low: 0, high: 1 }), given)).toThrow(message)
  })

  test('refuses what is no Box of floats, and points', () => {
    expect(() => rescaleAction(make('CartPole') as never, unit)).toThrow('rescaleAction: expected actions in a Box, got Discrete(2)')
    expect(() => rescaleObservation(make('test/Pictures'), { minObs: 0, maxObs: 1 })).toThrow('expected a Box of float32 or float64')
    expect(() => rescaling('test', box({ low: 1, high: 1 }), { min: 0, max: 1 })).toThrow('number 0 of the Box can only be 1')
  })

  test('actions are rounded as the environment’s own, and counted', () => {
    const env = rescaleAction(functionalEnv(pendulum()), unit)
    env.reset({ seed: 0 })
    expect(() => env.step([0, 0])).toThrow('RescaleAction.step: expected 1 numbers, got [0,0]')
    expect(() => env.step(null as unknown as number[])).toThrow('expected 1 numbers, got null')
    const bare = functionalEnv(pendulum())
    bare.reset({ seed: 0 })
    expect(env.step([0.25])).toEqual(bare.step(Float32Array.of(0.5)))
  })
})
