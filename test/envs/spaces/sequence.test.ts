import { describe, expect, test } from 'vitest'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { sequence } from '../../../envs/spaces/sequence.js'
import { text } from '../../../envs/spaces/text.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('sequence', () => sequence(discrete(4)), {
  other: sequence(discrete(4), { stack: true }),
  inside: [[], [0, 3, 0]],
  outside: [[4], 3, 'text', Int32Array.of(1, 2), { length: 1, 0: 1 }],
})
spaceSuite('sequence, stacked', () => sequence(dict({ a: discrete(3), b: box({ low: 0, high: 1, shape: [2] }) }), { stack: true }), {
  other: sequence(discrete(3), { stack: true }),
  inside: [
    { a: [0, 2], b: [0, 1, 0, 1] },
    { a: Int32Array.of(1), b: Float32Array.of(0, 0.5) },
    { a: [], b: [] },
  ],
  outside: [{ a: [0], b: [0, 1, 0] }, { a: [0], b: [0, 1, 0, 1] }, { a: [3], b: [0, 1] }, { a: [0] }, [{ a: 0, b: [0, 1] }]],
})
spaceSuite('sequence of words, stacked', () => sequence(text(2), { stack: true }), {
  other: sequence(text(3), { stack: true }),
  inside: [['ab', 'c']],
  outside: [['abc'], 'ab'],
})

describe('sequence', () => {
  test('lengths are geometric: 4 on average, a quarter of them 1', () => {
    const space = sequence(discrete(2))
    const lengths = Array.from({ length: 4000 }, () => space.sample().length)
    expect(Math.abs(lengths.reduce((sum, n) => sum + n, 0) / 4000 - 4)).toBeLessThan(0.22) // 4 deviations of √12 / √4000
    expect(Math.abs(lengths.filter((n) => n === 1).length / 4000 - 0.25)).toBeLessThan(0.028)
    expect(Math.min(...lengths)).toBe(1)
  })

  test('length and elements are open to choice', () => {
    const space = sequence(discrete(3))
    expect(space.sample({ mask: [4, [0, 1, 0]] })).toEqual([1, 1, 1, 1])
    expect(space.sample({ mask: [0, null] })).toEqual([])
    expect(sequence(discrete(3), { stack: true }).sample({ mask: [0, null] })).toEqual(new Int32Array(0))
    for (let i = 0; i < 20; i++) expect([2, 7]).toContain(space.sample({ mask: [[2, 7], null] }).length)
    for (const length of [-1, 1.5, [], [1, -1], 'x']) {
      expect(() => space.sample({ mask: [length as number, null] })).toThrow('Sequence.sample: length must be a whole number of at least 0')
    }
    expect(() => space.sample({ mask: [1] as never })).toThrow('Sequence.sample: expected a list of 2 choices')
  })

  test('seeds itself first, then its elements', () => {
    expect(() => sequence(discrete(3)).seed([1])).toThrow('Sequence.seed: expected a list of 2 seeds, the own one first, got 1')
  })

  test.each<[unknown, object, string]>([
    [5, {}, 'sequence: expected a space, got 5'],
    [discrete(2), { stack: 1 }, 'sequence: stack must be true or false, got 1'],
    [tuple([]), { stack: true }, 'sequence: expected a space whose elements hold at least one number, got Tuple()'],
    [box({ low: [], high: [] }), { stack: true }, 'sequence: expected a space whose elements hold at least one number'],
  ])('refuses %o with %o', (space, options, message) => {
    expect(() => sequence(space as never, options)).toThrow(message)
  })
})
