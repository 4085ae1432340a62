import { describe, expect, test } from 'vitest'
import { learningRate } from '../../src/clip/learning-rate.js'
import { relativeToWeights } from '../../src/clip/relative-to-weights.js'
import { clipRuleSuite, statsOf } from '../suites/clip-rule.js'

clipRuleSuite('learning-rate', () => learningRate(1000))
clipRuleSuite('relative-to-weights', () => relativeToWeights(0.01))

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

describe('relative-to-weights', () => {
  const tau = (weights: number[]) =>
    relativeToWeights(0.01, { eps: 1e-3 }).threshold(null, statsOf([1], weights), { step: 0, learningRate: 1 })

  test('τ = λ·max(‖W‖, ε)', () => {
    expect(tau([3, 4])).toBeCloseTo(0.05, 12)
    expect(tau([0, 0])).toBeCloseTo(1e-5, 12)
  })

  test('refuses λ ≤ 0', () => {
    expect(() => relativeToWeights(-1)).toThrow('relative-to-weights: lambda must be above 0, got -1')
  })
})
