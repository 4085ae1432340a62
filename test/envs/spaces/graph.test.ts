import { describe, expect, test } from 'vitest'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { graph } from '../../../envs/spaces/graph.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { spaceSuite } from '../../suites/space.js'

const none = { edges: null, edgeLinks: null }

spaceSuite('graph', () => graph(box({ low: -1, high: 1, shape: [2] }), discrete(4)), {
  other: graph(box({ low: -1, high: 1, shape: [2] }), discrete(5)),
  inside: [
    { nodes: [0, 1, 0, 1], edges: [3, 0], edgeLinks: [0, 1, 1, 1] },
    { nodes: Float32Array.of(0, 1), edges: Int32Array.of(3), edgeLinks: Int32Array.of(0, 0) },
    { nodes: [0, 1], ...none },
    { nodes: [], ...none },
  ],
  outside: [
    { nodes: [0, 1, 0], ...none }, // one and a half nodes
    { nodes: [0, 2], ...none },
    { nodes: [0, 1], edges: [4], edgeLinks: [0, 0] },
    { nodes: [0, 1], edges: [3], edgeLinks: [0, 1] }, // no node 1
    { nodes: [0, 1], edges: [3], edgeLinks: [0, -1] },
    { nodes: [0, 1], edges: [3], edgeLinks: [0] },
    { nodes: [0, 1], edges: [3], edgeLinks: [0, 0.5] },
    { nodes: [0, 1], edges: [3], edgeLinks: null },
    { nodes: [0, 1], edges: null, edgeLinks: [0, 0] },
    { nodes: [0, 1] },
    { ...none },
  ],
})
spaceSuite('graph without edges', () => graph(tuple([discrete(3), box({ low: 0, high: 1 })])), {
  other: graph(discrete(3)),
  inside: [{ nodes: [[2], [0.5]], ...none }],
  outside: [
    { nodes: [[2], [0.5]], edges: [1], edgeLinks: [0, 0] },
    { nodes: [[2, 1], [0.5]], ...none },
  ],
})

describe('graph', () => {
  const space = () => graph(discrete(3), discrete(4))

  test('has as many nodes and edges as asked', () => {
    const { nodes, edges, edgeLinks } = space().sample({ numNodes: 5, numEdges: 7 })
    expect([nodes.length, edges!.length, edgeLinks!.length]).toEqual([5, 7, 14])
    expect(space().sample({ numNodes: 1 }).edges).toBeNull()
    expect(space().sample({ numEdges: 0 }).edges).toBeNull()
    expect(space().sample().nodes.length).toBe(10)
  })

  test('masks are for every node, and for one edge or every edge', () => {
    const drawn = space().sample({
      numNodes: 2,
      mask: [
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
        null,
      ],
    })
    expect([...drawn.nodes]).toEqual([1, 2])
    const many = graph(discrete(3), discrete(4)).sample({ mask: [null, [0, 0, 1, 0]] })
    expect(new Set(many.edges)).toEqual(new Set([2]))
    const each = space().sample({
      numEdges: 2,
      mask: [
        null,
        [
          [1, 0, 0, 0],
          [0, 1, 0, 0],
        ],
      ],
    })
    expect([...each.edges!]).toEqual([0, 1])
    expect(() => space().sample({ mask: [null] as never })).toThrow(
      'Graph.sample: expected a list of 2 choices, for the nodes and for the edges, got 1',
    )
  })

  test.each<[object, string]>([
    [{ numNodes: 0 }, 'numNodes must be a whole number of at least 1, got 0'],
    [{ numNodes: 1.5 }, 'numNodes must be a whole number of at least 1, got 1.5'],
    [{ numEdges: -1 }, 'numEdges must be a whole number of at least 0, got -1'],
    [{ numNode: 3 }, 'unknown choice "numNode"; it has mask, p, numNodes, numEdges. Did you mean "numNodes"?'],
  ])('refuses to sample %o', (choices, message) => {
    expect(() => space().sample(choices)).toThrow(`Graph.sample: ${message}`)
  })

  test('refuses a number of edges where there are none', () => {
    expect(() => graph(discrete(3)).sample({ numEdges: 2 })).toThrow(
      'Graph.sample: numEdges must be left out of a graph without edges, got 2',
    )
  })

  test('seeds itself first, then nodes and edges', () => {
    expect(() => space().seed([1, 2])).toThrow('Graph.seed: expected a list of 3 seeds, the own one first, got 2')
    expect(() => graph(discrete(3)).seed([1, 2, 3])).toThrow('Graph.seed: expected a list of 2 seeds, the own one first, got 3')
  })

  test.each<[unknown, unknown, string]>([
    [5, null, 'graph: nodeSpace: expected a space, got 5'],
    [discrete(2), 'x', 'graph: edgeSpace: expected a space, got "x"'],
    [tuple([]), null, 'graph: nodeSpace: expected a space whose elements hold at least one number'],
  ])('refuses nodes %o with edges %o', (nodes, edges, message) => {
    expect(() => graph(nodes as never, edges as never)).toThrow(message)
  })
})
