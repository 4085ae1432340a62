import { describe, expect, test } from 'vitest'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { readFlat } from '../../../envs/spaces/flat.js'
import { sequence } from '../../../envs/spaces/sequence.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('dict', () => dict({ speed: box({ low: -1, high: 1 }), goal: dict({ row: discrete(3), column: discrete(4, { start: 1 }) }) }), {
  other: dict({ speed: box({ low: -1, high: 1 }), goal: dict({ row: discrete(3), column: discrete(4) }) }),
  inside: [{ speed: [0.5], goal: { row: 2, column: 4 } }],
  outside: [
    { speed: [0.5], goal: { row: 2, column: 0 } },
    { speed: [0.5], goal: { row: 2 } },
    { speed: [0.5] },
    { speed: [0.5], goal: { row: 2, column: 4 }, more: 1 },
    [[0.5], { row: 2, column: 4 }],
    Object.create({ speed: [0.5], goal: { row: 2, column: 4 } }),
  ],
})
spaceSuite('dict that holds a sequence', () => dict({ a: sequence(discrete(3)), constructor: discrete(9) }), {
  other: dict({ a: sequence(discrete(3)), b: discrete(2) }),
  inside: [
    { a: [0, 2], constructor: 1 },
    { a: [], constructor: 0 },
  ],
  outside: [{ a: [3], constructor: 1 }, { a: [] }],
})

describe('dict', () => {
  const parts = { b: discrete(2), B: discrete(3), '10': discrete(4), '9': discrete(5) }

  test('sorts its parts by code point, keeps the order it is given where asked, and that of pairs', () => {
    expect(dict(parts).keys).toEqual(['10', '9', 'B', 'b'])
    expect(dict(parts, { sortKeys: false }).keys).toEqual(Object.keys(parts))
    expect(
      dict([
        ['z', discrete(2)],
        ['a', discrete(2)],
      ]).keys,
    ).toEqual(['z', 'a'])
    expect(
      readFlat(
        dict([
          ['z', discrete(2)],
          ['10', discrete(9)],
        ]),
        [1, 7],
      ),
    ).toEqual({ z: 1, '10': 7 })
  })

  test('equal whatever the order', () => {
    expect(dict(parts, { sortKeys: false }).equals(dict(parts))).toBe(true)
    expect(dict({ a: discrete(2) }).equals(dict({ a: discrete(2), b: discrete(2) }))).toBe(false)
  })

  test('seeds each part by its name', () => {
    const [space, alone] = [dict({ a: discrete(1000), b: discrete(1000) }), discrete(1000)]
    space.seed({ a: 3, b: 4 })
    alone.seed(4)
    expect(space.sample().b).toBe(alone.sample())
    expect(() => space.seed({ a: 3 })).toThrow('Dict.seed: expected seeds for a, b, got a')
    expect(() => space.seed({ a: 3, b: -4 })).toThrow('discrete.seed: a seed must be a whole number')
  })

  test('a mask is for some of its parts', () => {
    const space = dict({ a: discrete(3), b: box({ low: 0, high: 1 }) })
    for (let i = 0; i < 20; i++) expect(space.sample({ mask: { a: [0, 1, 0], b: null } }).a).toBe(1)
    expect(space.sample({ p: { a: [0, 0, 1], b: null } }).a).toBe(2)
    expect(() => space.sample({ mask: { a: [0, 1, 0] } as never })).toThrow('Dict.sample: expected masks for a, b, got a')
    expect(() => space.sample({ mask: { a: null, b: [1] } as never })).toThrow('Box.sample: a box has neither mask nor probabilities')
  })

  test.each<[unknown, string]>([
    [{ a: 1 }, 'dict: "a": expected a space, got 1'],
    [{ a: { kind: 'discrete' } }, 'dict: "a": expected a space, got {"kind":"discrete"}'],
    [null, 'dict: expected an object of spaces or a list of [name, space], got null'],
    ['ab', 'dict: expected an object of spaces'],
    [
      [
        ['a', discrete(2)],
        ['a', discrete(3)],
      ],
      'dict: "a" is the name of two parts',
    ],
    [[['a']], 'dict: expected [name, space], got ["a"]'],
  ])('refuses %o', (spaces, message) => {
    expect(() => dict(spaces as Record<string, never>)).toThrow(message)
  })
})
