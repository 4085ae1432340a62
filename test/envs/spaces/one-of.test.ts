import { describe, expect, test } from 'vitest'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { unflatten } from '../../../envs/spaces/flatten.js'
import { flattenSpace } from '../../../envs/spaces/flatten-space.js'
import { oneOf } from '../../../envs/spaces/one-of.js'
import { sequence } from '../../../envs/spaces/sequence.js'
import { text } from '../../../envs/spaces/text.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('oneOf', () => oneOf([discrete(3), box({ low: -1, high: 1, shape: [4] }), text(2)]), {
  other: oneOf([discrete(3), box({ low: -1, high: 1, shape: [4] })]),
  inside: [
    [0, 2],
    [1, [0, 0, 0, 1]],
    [2, 'ab'],
  ],
  outside: [[0, 3], [1, 2], [3, 0], [-1, 0], [0.5, 0], ['0', 0], [0], [0, 2, 0], 2, { 0: 0, 1: 2 }],
})
spaceSuite('oneOf with a sequence', () => oneOf([discrete(3), sequence(discrete(2))]), {
  other: oneOf([discrete(3), sequence(discrete(3))]),
  inside: [
    [0, 2],
    [1, [0, 1]],
  ],
  outside: [[1, [2]]],
})

describe('oneOf', () => {
  test('a flat row has room for the number and the longest element', () => {
    expect(oneOf([discrete(3), box({ low: -1, high: 1, shape: [4] }), text(2)]).size).toBe(5)
  })

  test('every space comes up', () => {
    const space = oneOf([discrete(2), discrete(3), discrete(4)])
    const counts = [0, 0, 0]
    for (let i = 0; i < 900; i++) counts[space.sample()[0]]!++
    for (const count of counts) expect(Math.abs(count - 300)).toBeLessThan(60) // 4 deviations of √(900 · 1/3 · 2/3)
  })

  test('masks are for the space that comes up', () => {
    const space = oneOf([discrete(3), box({ low: 0, high: 1 })])
    for (let i = 0; i < 30; i++) {
      const [which, element] = space.sample({ mask: [[0, 1, 0], null] })
      if (which === 0) expect(element).toBe(1)
    }
    expect(() => space.sample({ mask: [null] as never })).toThrow('OneOf.sample: expected a list of 2 masks, got 1')
  })

  test('seeds itself first, then each space', () => {
    expect(() => oneOf([discrete(3)]).seed([1])).toThrow('OneOf.seed: expected a list of 2 seeds, the own one first, got 1')
  })

  test('cannot be flattened where a space varies in length', () => {
    expect(() => flattenSpace(oneOf([sequence(discrete(2))]))).toThrow('one of its spaces varies in length')
    expect(() => unflatten(oneOf([discrete(2)]), [1, 0, 1] as never)).toThrow('expected the number of one of its spaces at index 0')
  })

  test.each<[unknown, string]>([
    [[], 'oneOf: expected at least one space, got none'],
    [[discrete(2), 'x'], 'oneOf: part 1: expected a space, got "x"'],
    [5, 'oneOf: expected a list of spaces, got 5'],
  ])('refuses %o', (spaces, message) => {
    expect(() => oneOf(spaces as never[])).toThrow(message)
  })
})
