import { describe, expect, test } from 'vitest'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('multiDiscrete', () => multiDiscrete([3, 2, 5]), {
  other: multiDiscrete([3, 2, 4]),
  inside: [[0, 0, 0], [2, 1, 4], Int32Array.of(1, 1, 1), Uint8Array.of(1, 1, 1)],
  outside: [[3, 0, 0], [0, 0], [0, 0.5, 0], [0, -1, 0], Float32Array.of(1, 1, 1)],
})
spaceSuite('multiDiscrete with starts and a shape', () => multiDiscrete([4, 6], { start: [-1, 10], shape: [2, 1] }), {
  other: multiDiscrete([4, 6], { start: [-1, 10] }),
  inside: [
    [-1, 10],
    [2, 15],
  ],
  outside: [
    [3, 10],
    [0, 9],
  ],
})

describe('multiDiscrete', () => {
  test.each([
    [[3, 0], {}, 'nvec must hold whole numbers of at least 1'],
    [[3.5], {}, 'nvec must hold whole numbers'],
    [7 as never, {}, 'nvec must be a list of whole numbers, got 7'],
    [[2 ** 31 - 1], { start: [2] }, 'start + nvec must fit 32 bits, got 2 + 2147483647 at index 0'],
    [[3], { start: [1, 2] }, 'start must hold 1 numbers as nvec does, got 2'],
    [[3, 3], { shape: [3] }, 'shape [3] does not hold the 2 numbers of nvec'],
  ])('refuses %o with %o', (nvec, options, message) => {
    expect(() => multiDiscrete(nvec, options)).toThrow(`multiDiscrete: ${message}`)
  })

  test('probabilities decide each number', () => {
    expect([
      ...multiDiscrete([2, 3], { start: [0, 5] }).sample({
        p: [
          [0, 1],
          [1, 0, 0],
        ],
      }),
    ]).toEqual([1, 5])
    expect(() => multiDiscrete([2, 3]).sample({ p: [[0, 1]] })).toThrow('expected 2 lists')
  })
})
