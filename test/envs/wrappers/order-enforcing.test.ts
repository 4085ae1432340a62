import { describe, expect, test } from 'vitest'
import { drawing } from '../../../envs/canvas/canvas.js'
import { make } from '../../../envs/registry.js'
import { orderEnforcing } from '../../../envs/wrappers/order-enforcing.js'
import { wrapperSuite } from '../../suites/wrapper.js'

wrapperSuite('orderEnforcing', orderEnforcing)

describe('orderEnforcing', () => {
  test('refuses to step or draw before the first reset, also when the environment inside would not', () => {
    const lax = { ...make('CartPole'), step: () => [null, 0, false, false, {}] as const, draw: () => {} }
    const env = orderEnforcing(lax)
    expect(() => env.step(0)).toThrow('CartPole-v1.step: call reset() first')
    expect(() => drawing((canvas) => env.draw!(canvas))).toThrow('CartPole-v1.draw: call reset() first')
    env.reset()
    expect(env.step(0)[1]).toBe(0)
  })
})
