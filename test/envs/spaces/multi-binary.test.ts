import { describe, expect, test } from 'vitest'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('multiBinary', () => multiBinary(5), {
  other: multiBinary([5, 1]),
  inside: [[0, 1, 0, 1, 1], Int8Array.of(0, 0, 0, 0, 0)],
  outside: [
    [0, 1, 0, 1],
    [0, 1, 0, 1, 2],
    [0, 1, 0, 1, 0.5],
  ],
})

describe('multiBinary', () => {
  test('a probability of 0 or 1 decides a bit', () => {
    expect([...multiBinary(3).sample({ p: [0, 1, 0] })]).toEqual([0, 1, 0])
    expect(() => multiBinary(2).sample({ p: [0, 2] })).toThrow('each from 0 to 1, got [0, 2]')
    expect(() => multiBinary(2).sample({ mask: [0, 3] })).toThrow('each 0, 1 or 2, got [0, 3]')
  })

  test.each([0, -1, 1.5, [], [2, 0]])('refuses %o', (shape) => {
    expect(() => multiBinary(shape as number)).toThrow('multiBinary: expected whole numbers of at least 1')
  })
})
