/**
 * Elements as JSON, and back: for recordings, messages, and other processes. Numbers stay what they were, infinite ones and −0 included.
 * Box, MultiDiscrete and MultiBinary: a flat list. Dict: an object. Tuple and OneOf: a list. Sequence, and the nodes and edges of a
 * Graph: a list of elements, whether they are stacked or not.
 */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { decodeNumbers, encodeNumbers } from '../numbers.js'
import { concatenate, elementsOf } from './batch.js'
import { arrayOf, type Box, isWhole } from './box.js'
import { checkSpace } from './check.js'
import { describeElement, describeSpace } from './describe.js'
import type { Dict } from './dict.js'
import type { Graph, GraphInstance } from './graph.js'
import type { OneOf } from './one-of.js'
import type { Sequence } from './sequence.js'
import type { ElementOf, Space } from './space.js'
import type { Tuple } from './tuple.js'

type JsonRecord = Readonly<Record<string, Json>>

/** @throws EnvError when the element is not in the space */
export function elementToJson<S extends Space>(space: S, element: ElementOf<S>): Json {
  checkSpace('elementToJson', space)
  if (space.contains(element)) return encoded(space, element)
  throw new EnvError(`elementToJson: expected an element of ${describeSpace(space)}, got ${describeElement(element)}`)
}

/** @throws EnvError when the JSON is not that of an element of the space */
export function elementFromJson<S extends Space>(space: S, json: Json): ElementOf<S> {
  checkSpace('elementFromJson', space)
  const element = decoded(space, json)
  if (space.contains(element)) return element as ElementOf<S>
  throw new EnvError(`elementFromJson: expected an element of ${describeSpace(space)}, got ${describeElement(json)}`)
}

function encoded(space: Space, element: unknown): Json {
  switch (space.kind) {
    case 'box':
    case 'multi-discrete':
    case 'multi-binary':
      return encodeNumbers(element as ArrayLike<number>)
    case 'dict':
      return Object.fromEntries(
        (space as Dict).keys.map((key) => [key, encoded((space as Dict).spaces[key]!, (element as JsonRecord)[key])]),
      )
    case 'tuple':
      return (space as Tuple).spaces.map((part, i) => encoded(part, (element as readonly unknown[])[i]))
    case 'one-of': {
      const [which, chosen] = element as readonly [number, unknown]
      return [which, encoded((space as OneOf).spaces[which]!, chosen)]
    }
    case 'sequence': {
      const { featureSpace, stack } = space as Sequence
      return stack ? encodedBatch(featureSpace, element) : (element as readonly unknown[]).map((one) => encoded(featureSpace, one))
    }
    case 'graph': {
      const { nodeSpace, edgeSpace } = space as Graph
      const { nodes, edges, edgeLinks } = element as GraphInstance
      return {
        nodes: encodedBatch(nodeSpace, nodes),
        edges: edges === null ? null : encodedBatch(edgeSpace!, edges),
        edgeLinks: edgeLinks && [...edgeLinks],
      }
    }
    default:
      return element as Json // a number or a word
  }
}

/** Anything that is not of the form comes back as something outside the space. */
function decoded(space: Space, json: Json | undefined): unknown {
  switch (space.kind) {
    case 'box':
      return numbers(json, (values) => {
        const element = arrayOf((space as Box).dtype, values.length)
        element.set(values)
        return !isWhole((space as Box).dtype) || values.every((value, i) => element[i] === value) ? element : null
      })
    case 'multi-discrete':
      return numbers(json, (values) => (values.every(Number.isInteger) ? Int32Array.from(values) : null))
    case 'multi-binary':
      return numbers(json, (values) => (values.every(Number.isInteger) ? Int8Array.from(values) : null))
    case 'dict': {
      const record = recordOf(json)
      const { spaces } = space as Dict
      const partOf = (key: string) => (Object.hasOwn(spaces, key) ? spaces[key] : undefined)
      return record && Object.fromEntries(Object.entries(record).map(([key, part]) => [key, decodedPart(partOf(key), part)]))
    }
    case 'tuple':
      return Array.isArray(json) ? json.map((part: Json, i) => decodedPart((space as Tuple).spaces[i], part)) : null
    case 'one-of':
      return Array.isArray(json) ? [json[0], decodedPart((space as OneOf).spaces[json[0]], json[1])] : null
    case 'sequence': {
      const { featureSpace, stack } = space as Sequence
      if (!Array.isArray(json)) return null
      return stack ? decodedBatch(featureSpace, json) : json.map((one: Json) => decoded(featureSpace, one))
    }
    case 'graph': {
      const { nodeSpace, edgeSpace } = space as Graph
      const { nodes, edges, edgeLinks } = recordOf(json) ?? {}
      if (edges === null || edgeSpace === null) return { nodes: decodedBatch(nodeSpace, nodes), edges, edgeLinks }
      const links = numbers(edgeLinks, (values) => (values.every(Number.isInteger) ? Int32Array.from(values) : null))
      return { nodes: decodedBatch(nodeSpace, nodes), edges: decodedBatch(edgeSpace, edges), edgeLinks: links }
    }
    default:
      return json
  }
}

function encodedBatch(space: Space, batch: unknown): Json {
  return elementsOf(space, batch)!.map((element) => encoded(space, element))
}

function decodedBatch(space: Space, json: Json | undefined): unknown {
  if (!Array.isArray(json)) return null
  const elements = json.map((one: Json) => decoded(space, one))
  return elements.every((element) => space.contains(element)) ? concatenate(space, elements) : null
}

function decodedPart(part: Space | undefined, json: Json | undefined): unknown {
  return part === undefined ? null : decoded(part, json)
}

function numbers<T>(json: Json | undefined, read: (values: readonly number[]) => T | null): T | null {
  const values = Array.isArray(json) ? decodeNumbers(json, json.length) : null
  return values && read(values)
}

function recordOf(json: Json | undefined): JsonRecord | null {
  return json !== null && typeof json === 'object' && !Array.isArray(json) ? (json as JsonRecord) : null
}
