/** Spaces and their elements in a few words, for messages. */
import type { Box } from './box.js'
import type { Discrete } from './discrete.js'
import type { MultiBinary } from './multi-binary.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { Space } from './space.js'

/** 'Discrete(2)', 'Box([3], float32)', 'MultiDiscrete([3, 2])'. */
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
    default:
      return JSON.stringify(space)
  }
}

/** An element, or whatever came in its place, on one line of bounded length. */
export function describeElement(element: unknown): string {
  const plain = ArrayBuffer.isView(element)
    ? `${element.constructor.name} [${Array.from(element as Float64Array).join(', ')}]`
    : JSON.stringify(element)
  const text = typeof element === 'number' ? String(element) : (plain ?? String(element))
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}
