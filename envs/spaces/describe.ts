/** Spaces and their elements in a few words, for messages. */
import type { Box } from './box.js'
import type { Dict } from './dict.js'
import type { Discrete } from './discrete.js'
import type { Graph } from './graph.js'
import type { MultiBinary } from './multi-binary.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { OneOf } from './one-of.js'
import type { Sequence } from './sequence.js'
import type { Space } from './space.js'
import type { Text } from './text.js'
import type { Tuple } from './tuple.js'

const LONGEST = 120 // characters of a described element

/** 'Discrete(2)', 'Box([3], float32)', 'MultiDiscrete([3, 2])', 'Dict(goal: Discrete(2), speed: Box([1], float32))'. */
export function describeSpace(space: Space): string {
  switch (space.kind) {
    case 'discrete': {
      const { n, start } = space as Discrete
      return start === 0 ? `Discrete(${n})` : `Discrete(${n}, start ${start})`
    }
    case 'box': {
      const { shape, dtype } = space as Box
      return `Box([${shape.join(', ')}], ${dtype})`
    }
    case 'multi-discrete':
      return `MultiDiscrete([${(space as MultiDiscrete).nvec.join(', ')}])`
    case 'multi-binary':
      return `MultiBinary([${(space as MultiBinary).shape.join(', ')}])`
    case 'text': {
      const { minLength, maxLength, characters } = space as Text
      return `Text(${minLength} to ${maxLength} of ${characters.length} characters)`
    }
    case 'dict':
      return `Dict(${Object.entries((space as Dict).spaces)
        .map(([key, part]) => `${key}: ${describeSpace(part)}`)
        .join(', ')})`
    case 'tuple':
      return `Tuple(${(space as Tuple).spaces.map(describeSpace).join(', ')})`
    case 'one-of':
      return `OneOf(${(space as OneOf).spaces.map(describeSpace).join(', ')})`
    case 'sequence': {
      const { featureSpace, stack } = space as Sequence
      return `Sequence(${describeSpace(featureSpace)}${stack ? ', stacked' : ''})`
    }
    case 'graph': {
      const { nodeSpace, edgeSpace } = space as Graph
      return `Graph(${describeSpace(nodeSpace)}, ${edgeSpace === null ? 'no edges' : describeSpace(edgeSpace)})`
    }
    default:
      return JSON.stringify(space)
  }
}

/** An element, or whatever came in its place, on one line of bounded length. */
export function describeElement(element: unknown): string {
  const text = ArrayBuffer.isView(element) ? `${element.constructor.name} ${plain(element)}` : plain(element)
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text
}

function plain(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'function' || typeof value === 'symbol') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof DataView) return 'DataView'
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Float64Array).join(', ')}]`
  try {
    return JSON.stringify(value, (_key, part: unknown) => shown(part)) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value) // holds itself
  }
}

/** What JSON would lose or refuse, in another form. */
function shown(part: unknown): unknown {
  if (ArrayBuffer.isView(part) && !(part instanceof DataView)) return Array.from(part as Float64Array)
  if (typeof part === 'bigint' || (typeof part === 'number' && !Number.isFinite(part))) return plain(part)
  return part
}
