import { describe, expect, test } from 'vitest'
import { fixed } from '../../src/clip/fixed.js'
import { clipRuleSuite, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('fixed', () => fixed(0.5))

describe('a constant threshold', () => {
  test('is the same for every gradient', () => {
    expect(thresholds(fixed(2), [0, 1, 1e30])).toEqual([2, 2, 2])
  })

  test.each([0, -1, NaN, Infinity])('refuses τ = %s', (tau) => {
    expect(() => fixed(tau)).toThrow(`fixed: tau must be above 0, got ${tau}`)
  })
})
