/** The way back from `space.toJSON()`. */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { decodeNumbers } from '../numbers.js'
import { type JsonObject, savedObject } from '../saved.js'
import { didYouMean } from '../suggest.js'
import { type BoxType, box } from './box.js'
import { dict } from './dict.js'
import { discrete } from './discrete.js'
import { graph } from './graph.js'
import { multiBinary } from './multi-binary.js'
import { multiDiscrete } from './multi-discrete.js'
import { oneOf } from './one-of.js'
import { sequence } from './sequence.js'
import type { Space, SpaceKind } from './space.js'
import { text } from './text.js'
import { tuple } from './tuple.js'

/** An equal space. @throws EnvError when the description is not one of a space */
export function spaceFromJson(json: Json): Space {
  const description = savedObject('spaceFromJson', json)
  const kind = description['kind']
  const read = typeof kind === 'string' && Object.hasOwn(READERS, kind) ? READERS[kind as SpaceKind] : undefined
  if (read === undefined) {
    const near = typeof kind === 'string' ? didYouMean(kind, Object.keys(READERS)) : ''
    throw new EnvError(`spaceFromJson: unknown kind of space ${JSON.stringify(kind)}; there are ${Object.keys(READERS).join(', ')}.${near}`)
  }
  return read(description)
}

const READERS: Readonly<Record<SpaceKind, (description: JsonObject) => Space>> = {
  discrete: ({ n, start }) => discrete(n as number, { start: start as number }),
  box: (d) => box({ low: numbers(d, 'low'), high: numbers(d, 'high'), shape: numbers(d, 'shape'), dtype: d['dtype'] as BoxType }),
  'multi-discrete': (d) => multiDiscrete(numbers(d, 'nvec'), { start: numbers(d, 'start'), shape: numbers(d, 'shape') }),
  'multi-binary': (d) => multiBinary(numbers(d, 'shape')),
  text: ({ minLength, maxLength, characters }) =>
    text(maxLength as number, { minLength: minLength as number, charset: characters as string }),
  dict: (d) => dict(list(d, 'spaces').map((pair) => named(pair))),
  tuple: (d) => tuple(list(d, 'spaces').map(spaceFromJson)),
  'one-of': (d) => oneOf(list(d, 'spaces').map(spaceFromJson)),
  sequence: ({ featureSpace, stack }) => sequence(spaceFromJson(featureSpace!), { stack: stack as boolean }),
  graph: ({ nodeSpace, edgeSpace }) => graph(spaceFromJson(nodeSpace!), edgeSpace === null ? null : spaceFromJson(edgeSpace!)),
}

function numbers(description: JsonObject, field: string): number[] {
  const values = decodeNumbers(description[field], list(description, field).length)
  if (values === null) throw new EnvError(`spaceFromJson: ${field} must be a list of numbers, got ${JSON.stringify(description[field])}`)
  return values
}

function list(description: JsonObject, field: string): readonly Json[] {
  const value = description[field]
  if (!Array.isArray(value)) throw new EnvError(`spaceFromJson: ${field} must be a list, got ${JSON.stringify(value)}`)
  return value
}

function named(pair: Json): readonly [string, Space] {
  if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
    throw new EnvError(`spaceFromJson: spaces of a dict must be [name, space], got ${JSON.stringify(pair)}`)
  }
  return [pair[0], spaceFromJson(pair[1] as Json)]
}
