/**
 * What a space becomes when its elements are flattened for a network: one Box of numbers, with a column for every value of a choice. What
 * varies in length keeps its structure and only its innermost parts are flattened. Source: equal to Gymnasium's flatdim and flatten_space;
 * int32 stands where NumPy has int64.
 */
import { EnvError } from '../errors.js'
import { type Box, type BoxType, box, commonType, isWhole } from './box.js'
import { checkSpace } from './check.js'
import { describeSpace } from './describe.js'
import { type Dict, dict } from './dict.js'
import type { Discrete } from './discrete.js'
import { hasFlatForm } from './flat.js'
import { type Graph, graph } from './graph.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { OneOf } from './one-of.js'
import { type Sequence, sequence } from './sequence.js'
import type { Space } from './space.js'
import type { Text } from './text.js'
import { type Tuple, tuple } from './tuple.js'

/** Columns of a flattened element. @throws EnvError when the space holds a Sequence or a Graph */
export function flatdim(space: Space): number {
  checkSpace('flatdim', space)
  if (!hasFlatForm(space)) {
    throw new EnvError(`flatdim: elements of ${describeSpace(space)} vary in length and have no fixed number of columns`)
  }
  return columns(space)
}

/** The space of flattened elements: a Box, or the same structure of boxes where a Sequence or a Graph is among the parts. */
export function flattenSpace(space: Space): Space {
  checkSpace('flattenSpace', space)
  if (hasFlatForm(space)) {
    const { low, high } = flatBounds(space)
    return box({ low, high, dtype: flatType(space) })
  }
  switch (space.kind) {
    case 'dict': {
      const { keys, spaces } = space as Dict
      return dict(keys.map((key) => [key, flattenSpace(spaces[key]!)] as const))
    }
    case 'tuple':
      return tuple((space as Tuple).spaces.map(flattenSpace))
    case 'sequence': {
      const { featureSpace, stack } = space as Sequence
      return sequence(flattenSpace(featureSpace), { stack })
    }
    case 'graph': {
      const { nodeSpace, edgeSpace } = space as Graph
      return graph(flattenSpace(nodeSpace), edgeSpace && flattenSpace(edgeSpace))
    }
    default:
      throw new EnvError(`flattenSpace: ${describeSpace(space)} cannot be flattened: one of its spaces varies in length`)
  }
}

/** The type of a flattened element's numbers. */
export function flatType(space: Space): BoxType {
  switch (space.kind) {
    case 'box':
      return (space as Box).dtype
    case 'multi-binary':
      return 'int8'
    case 'dict':
      return commonType(Object.values((space as Dict).spaces).map(flatType))
    case 'tuple':
      return commonType((space as Tuple).spaces.map(flatType))
    case 'one-of': {
      const { spaces } = space as OneOf
      const type = commonType(spaces.map(flatType))
      return isWhole(type) ? commonType([type, ...typeFor(spaces.length - 1, type)]) : type
    }
    default:
      return 'int32'
  }
}

function columns(space: Space): number {
  switch (space.kind) {
    case 'discrete':
      return (space as Discrete).n
    case 'multi-discrete':
      return (space as MultiDiscrete).nvec.reduce((sum, n) => sum + n, 0)
    case 'dict':
      return Object.values((space as Dict).spaces).reduce((sum, part) => sum + columns(part), 0)
    case 'tuple':
      return (space as Tuple).spaces.reduce((sum, part) => sum + columns(part), 0)
    case 'one-of':
      return 1 + Math.max(...(space as OneOf).spaces.map(columns))
    default:
      return space.size
  }
}

interface Bounds {
  readonly low: number[]
  readonly high: number[]
}

function flatBounds(space: Space): Bounds {
  switch (space.kind) {
    case 'box':
      return { low: Array.from((space as Box).low), high: Array.from((space as Box).high) }
    case 'dict':
      return side((space as Dict).keys.map((key) => flatBounds((space as Dict).spaces[key]!)))
    case 'tuple':
      return side((space as Tuple).spaces.map(flatBounds))
    case 'text':
      return constant(space.size, 0, (space as Text).characters.length)
    case 'one-of': {
      const { spaces } = space as OneOf
      const bounds = spaces.map(flatBounds)
      const rest = constant(
        columns(space) - 1,
        least(bounds.flatMap(({ low }) => low)),
        -least(bounds.flatMap(({ high }) => high.map((x) => -x))),
      )
      return { low: [0, ...rest.low], high: [spaces.length - 1, ...rest.high] }
    }
    default:
      return constant(columns(space), 0, 1)
  }
}

const side = (bounds: readonly Bounds[]): Bounds => ({ low: bounds.flatMap(({ low }) => low), high: bounds.flatMap(({ high }) => high) })
const constant = (length: number, low: number, high: number): Bounds => ({
  low: new Array<number>(length).fill(low),
  high: new Array<number>(length).fill(high),
})
const least = (values: readonly number[]) => values.reduce((low, value) => Math.min(low, value), Infinity)

/** A type that holds indices up to `most`, where `type` itself does not. */
function typeFor(most: number, type: BoxType): BoxType[] {
  const limits: Partial<Record<BoxType, number>> = { int8: 127, uint8: 255, int16: 32767, uint16: 65535 }
  if (most <= (limits[type] ?? Infinity)) return []
  return [most < 256 ? 'uint8' : most < 65536 ? 'uint16' : 'uint32']
}
