import { describe, expect, test } from 'vitest'
import { learningRate } from '../../src/clip/learning-rate.js'
import { clipRuleSuite, statsOf } from '../suites/clip-rule.js'

clipRuleSuite('learning-rate', () => learningRate(1000))

describe('learning-rate', () => {
  const tau = (rate: number, floor?: number) =>
    learningRate(1000, floor === undefined ? {} : { floor }).threshold(null, statsOf([1]), { step: 0, learningRate: rate })

  test('τ = c·α (reference case R20), and the floor when α is annealed to 0', () => {
    expect(tau(3e-4)).toBeCloseTo(0.3, 12)
    expect(tau(0)).toBe(1e-6)
    expect(tau(1e-7, 0.05)).toBe(0.05)
  })

  test('refuses c ≤ 0', () => {
    expect(() => learningRate(0)).toThrow('learning-rate: c must be above 0, got 0')
  })
})
