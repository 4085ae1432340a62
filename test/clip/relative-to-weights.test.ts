import { describe, expect, test } from 'vitest'
import { relativeToWeights } from '../../src/clip/relative-to-weights.js'
import { clipRuleSuite, statsOf } from '../suites/clip-rule.js'

clipRuleSuite('relative-to-weights', () => relativeToWeights())

describe('relative-to-weights', () => {
  const tau = (weights: number[], lambda?: number) => {
    const rule = relativeToWeights(lambda)
    return rule.threshold(rule.init(), statsOf([1], weights), { step: 0, learningRate: 1 })
  }

  test('τ is λ times the norm of the weights', () => {
    expect(tau([3, 4], 0.01)).toBeCloseTo(0.05, 15)
    expect(tau([0.3, 0.4])).toBeCloseTo(0.005, 15)
  })

  test('weights that start at zero may still move', () => {
    expect(tau([0, 0], 0.01)).toBeCloseTo(1e-5, 18)
  })

  test.each([0, -1, Number.NaN])('refuses λ = %s', (lambda) => {
    expect(() => relativeToWeights(lambda)).toThrow('lambda must be above 0')
  })
})
