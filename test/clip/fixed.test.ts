import { describe, expect, test } from 'vitest'
import { fixed } from '../../src/clip/fixed.js'
import { none } from '../../src/clip/none.js'
import { clipRuleSuite, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('none', () => none())
clipRuleSuite('fixed', () => fixed(0.5))

describe('constant thresholds', () => {
  test('none has no limit, fixed has one', () => {
    expect(thresholds(none(), [1, 1e30])).toEqual([Infinity, Infinity])
    expect(thresholds(fixed(2), [1, 1e30])).toEqual([2, 2])
  })

  test.each([0, -1, NaN, Infinity])('refuses τ = %s', (tau) => {
    expect(() => fixed(tau)).toThrow(`fixed: tau must be above 0, got ${tau}`)
  })
})
