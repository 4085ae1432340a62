/**
 * Nodes with features, and edges between them, perhaps with features. Elements hold the nodes as a batch, the edges as a batch, and for
 * each edge the two nodes it joins.
 *
 * Sampling draws the features from copies of the parts' streams and then moves the parts on by one double, as Gymnasium does: samples that
 * follow each other resemble each other, and equal Gymnasium's. Source: equal to Gymnasium's Graph.
 */
import { EnvError } from '../errors.js'
import { checkCountable, elementsOf } from './batch.js'
import { type BatchOf, batchSpace } from './batch-space.js'
import { checkChoices, checkWhole, isGiven, isKind } from './check.js'
import { describeElement } from './describe.js'
import { isIntegerList } from './multi-discrete.js'
import { checkRow, seedOwnThenParts } from './parts.js'
import type { Space } from './space.js'
import { streamOver, withStreamOf } from './stream.js'

export interface GraphInstance<N = Space, E = Space | null> {
  /** A batch of nodes. */
  readonly nodes: BatchOf<N>
  /** A batch of edges; null: there is none. */
  readonly edges: E extends null ? null : BatchOf<E> | null
  /** [edges, 2] flat: edge i goes from node edgeLinks[2i] to node edgeLinks[2i + 1]; null as `edges` is. */
  readonly edgeLinks: Int32Array | null
}

export interface Graph<N extends Space = Space, E extends Space | null = Space | null> extends Space<GraphInstance<N, E>> {
  readonly kind: 'graph'
  readonly nodeSpace: N
  /** null: the graph never has edges. */
  readonly edgeSpace: E
  sample(choices?: GraphChoices): GraphInstance<N, E>
  copy(): Graph<N, E>
}

export interface GraphChoices {
  /**
   * What the batch of nodes takes as its mask (Discrete nodes: one mask each), then what the edges take: one for every edge where
   * their number is random, a list with one each where it is given.
   */
  readonly mask?: readonly [nodes: unknown, edges: unknown] | null
  readonly p?: readonly [nodes: unknown, edges: unknown] | null
  /** Default 10. */
  readonly numNodes?: number
  /** Default: at random, below numNodes · (numNodes − 1). */
  readonly numEdges?: number
}

const NODES = 10 // of a sample, unless told otherwise

/** @throws EnvError unless the parts are spaces whose elements hold at least one number, or there are no edges: null */
export function graph<N extends Space, E extends Space | null = null>(nodeSpace: N, edgeSpace: E = null as E): Graph<N, E> {
  checkCountable('graph: nodeSpace', nodeSpace)
  if (edgeSpace !== null) checkCountable('graph: edgeSpace', edgeSpace)
  return created(nodeSpace, edgeSpace) as unknown as Graph<N, E>
}

function created(nodeSpace: Space, edgeSpace: Space | null): Graph {
  const parts = edgeSpace === null ? [nodeSpace] : [nodeSpace, edgeSpace]
  const stream = streamOver('graph', parts)

  const space: Graph = {
    kind: 'graph',
    size: Infinity,
    nodeSpace,
    edgeSpace,
    seed: (seed) => seedOwnThenParts('Graph.seed', stream, seed, parts),
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices = {}) => {
      checkChoices('Graph.sample', choices, ['mask', 'p', 'numNodes', 'numEdges'])
      const { mask, p, numNodes = NODES } = choices
      checkWhole('Graph.sample', 'numNodes', numNodes, 1)
      const numEdges = edgesOf(choices.numEdges, numNodes)
      const [forNodes, forEdges] = checkRow('Graph.sample', 'choices, for the nodes and for the edges', mask ?? p ?? [null, null], 2)
      const everyEdge = isGiven(forEdges) && choices.numEdges === undefined ? Array.from({ length: numEdges }, () => forEdges) : forEdges
      const choice = (one: unknown) => (isGiven(mask) ? { mask: one } : { p: one })
      const nodes = drawn(nodeSpace, numNodes, choice(forNodes))
      if (numEdges === 0 || edgeSpace === null) return { nodes, edges: null, edgeLinks: null }
      const edges = drawn(edgeSpace, numEdges, choice(everyEdge))
      return { nodes, edges, edgeLinks: Int32Array.from({ length: 2 * numEdges }, () => stream.random().integers(0, numNodes)) }
    },
    contains: (value): value is GraphInstance => {
      if (value === null || typeof value !== 'object') return false
      const { nodes, edges, edgeLinks } = value as Record<string, unknown>
      const points = elementsOf(nodeSpace, nodes)
      if (!points?.every((node) => nodeSpace.contains(node))) return false
      if (edges === null || edgeLinks === null) return edges === null && edgeLinks === null
      const lines = edgeSpace && elementsOf(edgeSpace, edges)
      if (!lines?.every((edge) => edgeSpace!.contains(edge)) || !isIntegerList(edgeLinks, 2 * lines.length)) return false
      return Array.prototype.every.call(edgeLinks, (node: number) => node >= 0 && node < points.length)
    },
    equals: (other) =>
      isKind<Graph>(other, 'graph') &&
      nodeSpace.equals(other.nodeSpace) &&
      (edgeSpace === null ? other.edgeSpace === null : edgeSpace.equals(other.edgeSpace)),
    toJSON: () => ({ kind: 'graph', nodeSpace: nodeSpace.toJSON(), edgeSpace: edgeSpace?.toJSON() ?? null }),
    copy: () => withStreamOf(created(nodeSpace.copy(), edgeSpace?.copy() ?? null), space),
  }

  const edgesOf = (wanted: number | undefined, numNodes: number): number => {
    if (wanted === undefined) return numNodes > 1 ? stream.random().integers(0, numNodes * (numNodes - 1)) : 0
    checkWhole('Graph.sample', 'numEdges', wanted, 0)
    if (edgeSpace === null)
      throw new EnvError(`Graph.sample: numEdges must be left out of a graph without edges, got ${describeElement(wanted)}`)
    return wanted
  }

  return space
}

/** A batch from where the stream of its space stands. */
function drawn(space: Space, count: number, choices: { readonly mask?: unknown; readonly p?: unknown }): unknown {
  const sample = (batchSpace(space, count) as Space).sample(choices)
  space.random().random()
  return sample
}
