import { describe, expect, test } from 'vitest'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { graph } from '../../../envs/spaces/graph.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { text } from '../../../envs/spaces/text.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('tuple', () => tuple([discrete(3), multiDiscrete([2, 2]), tuple([text(2), multiBinary(2)])]), {
  other: tuple([discrete(3), multiDiscrete([2, 2])]),
  inside: [[2, [1, 0], ['ab', [0, 1]]]],
  outside: [[2, [1, 0]], [2, [1, 0], ['ab', [0, 1]], 0], [3, [1, 0], ['ab', [0, 1]]], { 0: 2, 1: [1, 0], 2: ['ab', [0, 1]], length: 3 }],
})
spaceSuite('tuple that holds a graph', () => tuple([graph(discrete(3), discrete(2)), discrete(2)]), {
  other: tuple([graph(discrete(3)), discrete(2)]),
  inside: [[{ nodes: [2, 1], edges: null, edgeLinks: null }, 1]],
  outside: [[{ nodes: [3], edges: null, edgeLinks: null }, 1]],
})

describe('tuple', () => {
  test('seeds each part by its place', () => {
    const [space, alone] = [tuple([discrete(1000), discrete(1000)]), discrete(1000)]
    space.seed([3, 4])
    alone.seed(4)
    expect(space.sample()[1]).toBe(alone.sample())
    expect(() => space.seed([3])).toThrow('Tuple.seed: expected a list of 2 seeds, got 1')
  })

  test('a mask is for some of its parts', () => {
    const space = tuple([discrete(3), box({ low: 0, high: 1 })])
    for (let i = 0; i < 20; i++) expect(space.sample({ mask: [[0, 1, 0], null] })[0]).toBe(1)
    expect(() => space.sample({ mask: [[0, 1, 0]] as never })).toThrow('Tuple.sample: expected a list of 2 masks, got 1')
    expect(() => space.sample({ p: [[0, 1, 0]] as never })).toThrow('Tuple.sample: expected a list of 2 probabilities, got 1')
  })

  test('the list it is made of may change afterwards', () => {
    const parts = [discrete(2)]
    const space = tuple(parts)
    parts.push(discrete(3))
    expect(space.spaces.length).toBe(1)
  })

  test.each<[unknown, string]>([
    [[discrete(2), 7], 'tuple: part 1: expected a space, got 7'],
    [discrete(2), 'tuple: expected a list of spaces, got {"kind":"discrete"'],
    [undefined, 'tuple: expected a list of spaces, got undefined'],
  ])('refuses %o', (spaces, message) => {
    expect(() => tuple(spaces as never[])).toThrow(message)
  })
})
