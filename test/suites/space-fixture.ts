/**
 * Spaces and elements as the fixtures describe them (test/fixtures/spaces.json and spaces-composite.json), in our form and back, and how an
 * element of ours is compared with one of Gymnasium's.
 */
import { expect } from 'vitest'
import type { Json } from '../../envs/json.js'
import { type BoxType, box } from '../../envs/spaces/box.js'
import { dict } from '../../envs/spaces/dict.js'
import { discrete } from '../../envs/spaces/discrete.js'
import { graph } from '../../envs/spaces/graph.js'
import { multiBinary } from '../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../envs/spaces/multi-discrete.js'
import { oneOf } from '../../envs/spaces/one-of.js'
import { sequence } from '../../envs/spaces/sequence.js'
import type { Space } from '../../envs/spaces/space.js'
import { text } from '../../envs/spaces/text.js'
import { tuple } from '../../envs/spaces/tuple.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const ULP = 1.2e-7 // one bit of a float32, relative: exponential draws go through log1p, whose last bit differs between C libraries

/** The space that a fixture describes. Our widest whole numbers are int32; the draws are the same. */
export function spaceOf(d: Row): Space {
  switch (d.type) {
    case 'Discrete':
      return discrete(d.n, { start: d.start })
    case 'MultiDiscrete':
      return multiDiscrete(d.nvec.flat(9), { start: d.start.flat(9), shape: shapeOf(d.nvec) })
    case 'MultiBinary':
      return multiBinary(d.n)
    case 'Text':
      return text(d.max_length, { minLength: d.min_length, charset: d.characters })
    case 'Dict':
      return dict(d.spaces.map(([key, part]: Row) => [key, spaceOf(part)]))
    case 'Tuple':
      return tuple(d.spaces.map(spaceOf))
    case 'OneOf':
      return oneOf(d.spaces.map(spaceOf))
    case 'Sequence':
      return sequence(spaceOf(d.feature), { stack: d.stack })
    case 'Graph':
      return graph(spaceOf(d.nodes), d.edges && spaceOf(d.edges))
    default:
      return box({ low: d.low, high: d.high, shape: d.shape, dtype: (d.dtype === 'int64' ? 'int32' : d.dtype) as BoxType })
  }
}

/** An element of ours equals Gymnasium's, numbers of half-open boxes to one bit of a float32. */
export function expectSame(ours: unknown, gymnasiums: unknown, space: Row): void {
  const [one, other] = [plain(ours), flat(space, gymnasiums)]
  if (!hasOpenBox(space)) expect(one).toEqual(other)
  else {
    expect(skeleton(one)).toEqual(skeleton(other))
    expect(numbersIn(one)).toBeAllClose(numbersIn(other), ULP)
  }
}

/** Typed arrays as lists, everything else as it is. */
function plain(value: Row): Json {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

/** NumPy's arrays in an element, which one of the fixtures nests, as flat lists. */
function flat(d: Row, value: Row): Json {
  if (['Box', 'MultiDiscrete', 'MultiBinary'].includes(d.type)) return value.flat(9)
  if (d.type === 'Tuple') return value.map((part: Row, i: number) => flat(d.spaces[i], part))
  if (d.type === 'Dict') return Object.fromEntries(d.spaces.map(([key, part]: Row) => [key, flat(part, value[key])]))
  return value
}

const skeleton = (value: Json): Json => JSON.parse(JSON.stringify(value, (_key, part) => (typeof part === 'number' ? 0 : part)))

function numbersIn(value: Json): number[] {
  if (typeof value === 'number') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(numbersIn) : []
}

function hasOpenBox(d: Row): boolean {
  if (d === null || typeof d !== 'object') return false
  if (d.type === 'Box') return [...d.low, ...d.high].some((bound: number) => !Number.isFinite(bound))
  return Object.values(d).some(hasOpenBox)
}

const shapeOf = (nested: Row): number[] => (Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [])
