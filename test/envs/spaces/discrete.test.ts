import { describe, expect, test } from 'vitest'
import { discrete } from '../../../envs/spaces/discrete.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('discrete', () => discrete(5), { other: discrete(6), inside: [0, 4], outside: [-1, 5, 0.5, '1', [1], 2n] })
spaceSuite('discrete with a start', () => discrete(3, { start: -1 }), { other: discrete(3), inside: [-1, 1], outside: [-2, 2] })

describe('discrete', () => {
  test('samples where the mask or the probabilities allow', () => {
    const space = discrete(4, { start: 10 })
    for (let i = 0; i < 50; i++) {
      expect([11, 13]).toContain(space.sample({ mask: [0, 1, 0, 1] }))
      expect(space.sample({ p: [0, 0, 1, 0] })).toBe(12)
    }
    expect(() => space.sample({ mask: [1, 1] })).toThrow('a mask must hold 4 numbers')
    expect(() => space.sample({ mask: [1, 1, 2, 0] })).toThrow('each 0 or 1')
    expect(() => space.sample({ p: [0.5, 0.6, 0, 0] })).toThrow('probabilities must sum to 1, got 1.1')
    expect(() => space.sample({ mask: [1, 0, 0, 0], p: [1, 0, 0, 0] })).toThrow('not both')
  })

  test.each([0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses n = %s', (n) => {
    expect(() => discrete(n)).toThrow(`discrete: n must be a whole number of at least 1, got ${n}`)
  })

  test('refuses a start that is no whole number', () => {
    expect(() => discrete(2, { start: 0.5 })).toThrow('discrete: start must be a whole number, got 0.5')
  })
})
