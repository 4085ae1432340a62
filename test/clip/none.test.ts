import { expect, test } from 'vitest'
import { none } from '../../src/clip/none.js'
import { clipRuleSuite, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('none', () => none())

test('none has no limit, whatever comes', () => {
  expect(thresholds(none(), [0, 1, 1e30])).toEqual([Infinity, Infinity, Infinity])
})
