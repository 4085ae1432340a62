/**
 * Elements as a network reads them: a choice among n as n numbers of which one is 1, everything else as its numbers, all in one row.
 * `unflatten` leads back. Where a Sequence or a Graph is among the parts the structure stays, and the innermost parts are rows.
 *
 * Source: equal to Gymnasium's flatten and unflatten. We differ: a row that is not one-hot where it must be is refused, also for MultiDiscrete.
 */
import { EnvError } from '../errors.js'
import { concatenate, iterate } from './batch.js'
import { arrayOf, type BoxArray } from './box.js'
import { checkSpace, isNumberList } from './check.js'
import { describeElement, describeSpace } from './describe.js'
import type { Dict } from './dict.js'
import type { Discrete } from './discrete.js'
import { hasFlatForm, readFlat, writeFlat } from './flat.js'
import { flatdim, flatType, flattenSpace } from './flatten-space.js'
import type { Graph, GraphInstance } from './graph.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { OneOf } from './one-of.js'
import type { Sequence } from './sequence.js'
import type { ElementOf, Space } from './space.js'
import type { Tuple } from './tuple.js'

/** A row, or a structure of rows where elements vary in length. */
export type Flattened = BoxArray | GraphInstance | readonly Flattened[] | { readonly [key: string]: Flattened }

/** @throws EnvError when the element is not in the space */
export function flatten<S extends Space>(space: S, element: ElementOf<S>): Flattened {
  checkSpace('flatten', space)
  if (!space.contains(element))
    throw new EnvError(`flatten: expected an element of ${describeSpace(space)}, got ${describeElement(element)}`)
  return flattened(space, element)
}

/** @throws EnvError when nothing in the space flattens to this */
export function unflatten<S extends Space>(space: S, flat: Flattened): ElementOf<S> {
  checkSpace('unflatten', space)
  return unflattened(space, flat) as ElementOf<S>
}

function flattened(space: Space, element: unknown): Flattened {
  if (hasFlatForm(space)) {
    const row = arrayOf(flatType(space), flatdim(space))
    fill(space, element, row, 0)
    return row
  }
  switch (space.kind) {
    case 'dict': {
      const { keys, spaces } = space as Dict
      return Object.fromEntries(keys.map((key) => [key, flattened(spaces[key]!, (element as Record<string, unknown>)[key])]))
    }
    case 'tuple':
      return (space as Tuple).spaces.map((part, i) => flattened(part, (element as readonly unknown[])[i]))
    case 'sequence': {
      const { featureSpace, stack } = space as Sequence
      return stack ? rebatched(featureSpace, element) : (element as readonly unknown[]).map((one) => flattened(featureSpace, one))
    }
    case 'graph': {
      const { nodeSpace, edgeSpace } = space as Graph
      const { nodes, edges, edgeLinks } = element as GraphInstance
      return { nodes: rebatched(nodeSpace, nodes), edges: edges === null ? null : rebatched(edgeSpace!, edges), edgeLinks } as GraphInstance
    }
    default:
      throw new EnvError(`flatten: ${describeSpace(space)} cannot be flattened: one of its spaces varies in length`)
  }
}

/** Writes the row of an element to `row[at … at + flatdim(space))` and returns where the next one begins. */
function fill(space: Space, element: unknown, row: BoxArray, at: number): number {
  switch (space.kind) {
    case 'discrete': {
      const { n, start } = space as Discrete
      row[at + (element as number) - start] = 1
      return at + n
    }
    case 'multi-discrete': {
      const { nvec, start } = space as MultiDiscrete
      let next = at
      for (let i = 0; i < nvec.length; i++) {
        row[next + (element as ArrayLike<number>)[i]! - start[i]!] = 1
        next += nvec[i]!
      }
      return next
    }
    case 'dict': {
      const { keys, spaces } = space as Dict
      return keys.reduce((next, key) => fill(spaces[key]!, (element as Record<string, unknown>)[key], row, next), at)
    }
    case 'tuple':
      return (space as Tuple).spaces.reduce((next, part, i) => fill(part, (element as readonly unknown[])[i], row, next), at)
    case 'one-of': {
      const [which, chosen] = element as readonly [number, unknown]
      row[at] = which
      const next = fill((space as OneOf).spaces[which]!, chosen, row, at + 1)
      const end = at + flatdim(space)
      if (next > at + 1) row.fill(row[at + 1]!, next, end) // Gymnasium fills up with the first number, which is within the bounds
      return end
    }
    default:
      writeFlat(space, element, row, at)
      return at + space.size
  }
}

function unflattened(space: Space, flat: unknown): unknown {
  if (hasFlatForm(space)) {
    const width = flatdim(space)
    if (!isNumberList(flat) || flat.length !== width) throw notFlat(space, `a row of ${width} numbers`, flat)
    return taken(space, flat, 0)[0]
  }
  switch (space.kind) {
    case 'dict': {
      const { keys, spaces } = space as Dict
      if (flat === null || typeof flat !== 'object') throw notFlat(space, 'an object of flat parts', flat)
      return Object.fromEntries(keys.map((key) => [key, unflattened(spaces[key]!, (flat as Record<string, unknown>)[key])]))
    }
    case 'tuple': {
      const { spaces } = space as Tuple
      if (!Array.isArray(flat) || flat.length !== spaces.length) throw notFlat(space, `a list of ${spaces.length} flat parts`, flat)
      return spaces.map((part, i) => unflattened(part, flat[i]))
    }
    case 'sequence': {
      const { featureSpace, stack } = space as Sequence
      if (stack) return unbatched(featureSpace, flat)
      if (!Array.isArray(flat)) throw notFlat(space, 'a list of flat elements', flat)
      return flat.map((one: unknown) => unflattened(featureSpace, one))
    }
    case 'graph': {
      const { nodeSpace, edgeSpace } = space as Graph
      if (flat === null || typeof flat !== 'object' || !('nodes' in flat)) throw notFlat(space, 'a graph of flat nodes and edges', flat)
      const { nodes, edges, edgeLinks } = flat as GraphInstance
      return { nodes: unbatched(nodeSpace, nodes), edges: edges === null ? null : unbatched(edgeSpace!, edges), edgeLinks }
    }
    default:
      throw new EnvError(`unflatten: ${describeSpace(space)} cannot be flattened: one of its spaces varies in length`)
  }
}

/** The element whose row begins at `at`, and where the next one begins. */
function taken(space: Space, row: ArrayLike<number>, at: number): readonly [element: unknown, next: number] {
  switch (space.kind) {
    case 'discrete': {
      const { n, start } = space as Discrete
      return [start + hot(space, row, at, n), at + n]
    }
    case 'multi-discrete': {
      const { nvec, start } = space as MultiDiscrete
      let next = at
      const element = nvec.map((n, i) => {
        next += n
        return start[i]! + hot(space, row, next - n, n)
      })
      return [element, next]
    }
    case 'dict': {
      const { keys, spaces } = space as Dict
      let next = at
      const parts = keys.map((key) => {
        const [element, end] = taken(spaces[key]!, row, next)
        next = end
        return [key, element] as const
      })
      return [Object.fromEntries(parts), next]
    }
    case 'tuple': {
      let next = at
      const parts = (space as Tuple).spaces.map((part) => {
        const [element, end] = taken(part, row, next)
        next = end
        return element
      })
      return [parts, next]
    }
    case 'one-of': {
      const which = row[at]!
      const part = (space as OneOf).spaces[which]
      if (part === undefined) throw notFlat(space, `the number of one of its spaces at index ${at}`, which)
      return [[which, taken(part, row, at + 1)[0]], at + flatdim(space)]
    }
    default:
      return [readFlat(space, row, at), at + space.size]
  }
}

/** Which of n numbers is not 0. */
function hot(space: Space, row: ArrayLike<number>, at: number, n: number): number {
  let found = -1
  for (let i = 0; i < n; i++) {
    if (row[at + i] === 0) continue
    if (found >= 0) found = n
    else found = i
  }
  if (found < 0 || found === n) {
    throw notFlat(
      space,
      `one number that is not 0 among those from index ${at} to ${at + n - 1}`,
      Array.from({ length: n }, (_, i) => row[at + i]),
    )
  }
  return found
}

const rebatched = (space: Space, batch: unknown): Flattened =>
  concatenate(
    flattenSpace(space),
    (iterate(space, batch) as unknown[]).map((one) => flattened(space, one)),
  ) as Flattened

const unbatched = (space: Space, batch: unknown): unknown =>
  concatenate(
    space,
    (iterate(flattenSpace(space), batch) as unknown[]).map((one) => unflattened(space, one)),
  )

const notFlat = (space: Space, expected: string, got: unknown) =>
  new EnvError(`unflatten: expected ${expected} for ${describeSpace(space)}, got ${describeElement(got)}`)
