import { describe, expect, test } from 'vitest'
import { concatenate, iterate } from '../../../envs/spaces/batch.js'
import { batchDifferingSpaces, batchSpace } from '../../../envs/spaces/batch-space.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { flatten, unflatten } from '../../../envs/spaces/flatten.js'
import { flatdim, flattenSpace } from '../../../envs/spaces/flatten-space.js'
import { spaceFromJson } from '../../../envs/spaces/from-json.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { sequence } from '../../../envs/spaces/sequence.js'
import { tuple } from '../../../envs/spaces/tuple.js'

describe('flatten', () => {
  test('a choice is one-hot, parts stand side by side', () => {
    const space = dict({ b: discrete(3, { start: 5 }), a: box({ low: 0, high: 9, shape: [2] }) })
    expect(flatten(space, { a: Float32Array.of(7, 8), b: 6 })).toEqual(Float64Array.of(7, 8, 0, 1, 0))
    expect(flatdim(space)).toBe(5)
  })

  test.each([
    [discrete(3), [0, 0, 0], 'one number that is not 0 among those from index 0 to 2 for Discrete(3), got [0,0,0]'],
    [discrete(3), [0, 1, 1], 'one number that is not 0'],
    [discrete(3), [0, 1], 'a row of 3 numbers for Discrete(3), got [0,1]'],
    [multiDiscrete([2, 2]), [1, 1, 0, 0], 'one number that is not 0 among those from index 0 to 1'],
    [sequence(discrete(2)), 5, 'a list of flat elements'],
    [tuple([sequence(discrete(2))]), [], 'a list of 1 flat parts'],
  ])('refuses to unflatten to %o from %o', (space, flat, message) => {
    expect(() => unflatten(space, flat as never)).toThrow(`unflatten: expected ${message}`)
  })
})

describe('batches', () => {
  test('an earlier batch can be written over', () => {
    const space = dict({ a: discrete(9), b: box({ low: 0, high: 9, shape: [2] }) })
    const first = concatenate(space, [space.sample(), space.sample()])
    const again = concatenate(
      space,
      [
        { a: 1, b: Float32Array.of(2, 3) },
        { a: 4, b: Float32Array.of(5, 6) },
      ],
      first,
    )
    expect(again.a).toBe(first.a)
    expect(first).toEqual({ a: Int32Array.of(1, 4), b: Float32Array.of(2, 3, 5, 6) })
  })

  test.each<[() => unknown, string]>([
    [() => concatenate(discrete(2), 5 as never), 'concatenate: expected a list of elements, got 5'],
    [() => concatenate(discrete(2), ['x'] as never), 'concatenate: expected an element of Discrete(2), got "x"'],
    [() => concatenate(dict({ a: discrete(2) }), [null] as never), 'concatenate: expected an element of Dict(a: Discrete(2)), got null'],
    [() => concatenate(discrete(2), [1], new Int32Array(2)), 'concatenate: expected out to be a Int32Array of 1 numbers'],
    [() => iterate(box({ low: 0, high: 1, shape: [2] }), Float32Array.of(1, 1, 1)), 'iterate: expected a batch of Box([2], float32)'],
    [() => batchSpace(discrete(2), 0), 'batchSpace: n must be a whole number of at least 1, got 0'],
    [() => batchSpace('x' as never), 'batchSpace: expected a space, got "x"'],
    [() => batchDifferingSpaces([]), 'batchDifferingSpaces: expected a list of at least one space'],
    [() => batchDifferingSpaces([discrete(2), box({ low: 0, high: 1 })]), 'must have the same kind, got Discrete(2) and Box([1], float32)'],
    [() => flatdim(5 as never), 'flatdim: expected a space, got 5'],
    [() => flattenSpace(null as never), 'flattenSpace: expected a space, got null'],
    [() => spaceFromJson({ kind: 'discret' }), 'unknown kind of space "discret"'],
    [() => spaceFromJson({ kind: 'toString' }), 'unknown kind of space "toString"'],
    [() => spaceFromJson({ kind: 'dict', spaces: [['a']] }), 'spaces of a dict must be [name, space], got ["a"]'],
    [() => spaceFromJson({ kind: 'tuple' }), 'spaces must be a list'],
  ])('refuses %s', (use, message) => {
    expect(use).toThrow(message)
  })
})
