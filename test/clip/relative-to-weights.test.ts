import { describe, expect, test } from 'vitest'
import { relativeToWeights } from '../../src/clip/relative-to-weights.js'
import { clipRuleSuite, statsOf } from '../suites/clip-rule.js'

clipRuleSuite('relative-to-weights', () => relativeToWeights(0.02, { eps: 0.1 }))

describe('relative-to-weights', () => {
  const tau = (weights: number[], lambda?: number, eps = 1e-3) => {
    const rule = relativeToWeights(lambda, { eps })
    return rule.threshold(rule.init(), statsOf([1], weights), { step: 0, learningRate: 1 })
  }

  test('τ is λ times the norm of the weights', () => {
    expect(tau([3, 4], 0.01)).toBeCloseTo(0.05, 15)
    expect(tau([0.3, 0.4])).toBeCloseTo(0.005, 15)
  })

  test('weights that start at zero may still move', () => {
    expect(tau([0, 0], 0.01)).toBeCloseTo(1e-5, 18)
    expect(tau([0.3, 0.4], 0.01, 2)).toBeCloseTo(0.02, 15)
  })

  test('reference case R4: weights (3, 4) hold a gradient of (.3, .4) at norm .05', () => {
    const rule = relativeToWeights()
    const stats = statsOf([0.3, 0.4], [3, 4])
    expect(rule.threshold(rule.init(), stats, { step: 0, learningRate: 1 }) / stats.norm).toBeCloseTo(0.1, 12)
  })

  test('refuses ε of 0', () => {
    expect(() => relativeToWeights(0.01, { eps: 0 })).toThrow('relative-to-weights: eps must be above 0, got 0')
  })

  test.each([0, -1, Number.NaN])('refuses λ = %s', (lambda) => {
    expect(() => relativeToWeights(lambda)).toThrow('lambda must be above 0')
  })
})
