/**
 * The space of N elements at once, as vector environments have it. Numbers gain a leading axis: a Discrete becomes a MultiDiscrete, all
 * other numbers a Box; Dict and Tuple are batched part by part; what varies in length becomes a Tuple of N copies.
 *
 * The stream of the batch begins where that of the space stands. Source: equal to Gymnasium's batch_space and batch_differing_spaces.
 */
import { EnvError } from '../errors.js'
import { type Box, type BoxType, box } from './box.js'
import { checkSpace, checkWhole } from './check.js'
import { describeSpace } from './describe.js'
import { type Dict, dict } from './dict.js'
import type { Discrete } from './discrete.js'
import type { MultiBinary } from './multi-binary.js'
import { type MultiDiscrete, multiDiscrete } from './multi-discrete.js'
import type { ElementOf, Space } from './space.js'
import { withStreamOf } from './stream.js'
import { type Tuple, tuple } from './tuple.js'

export type BatchSpaceOf<S> =
  S extends Box<infer T>
    ? Box<T>
    : S extends Discrete
      ? MultiDiscrete
      : S extends MultiDiscrete
        ? Box<'int32'>
        : S extends MultiBinary
          ? Box<'int8'>
          : S extends Dict<infer Parts>
            ? Dict<{ readonly [K in keyof Parts]: Extract<BatchSpaceOf<Parts[K]>, Space> }>
            : S extends Tuple<infer Parts>
              ? Tuple<{ readonly [I in keyof Parts]: Extract<BatchSpaceOf<Parts[I]>, Space> }>
              : S extends { readonly kind: 'text' | 'sequence' | 'one-of' | 'graph' }
                ? Tuple<readonly (S & Space)[]>
                : Space

/** N elements at once: one array where the elements are numbers, an object or list of such for Dict and Tuple, else a list of elements. */
export type BatchOf<S> = ElementOf<BatchSpaceOf<S>>

const SEED_RANGE = 1e8 // the copies of spaces without an axis are seeded from 0 … 10^8 − 1

/** @throws RangeError unless n is a whole number of at least 1 */
export function batchSpace<S extends Space>(space: S, n?: number): BatchSpaceOf<S>
export function batchSpace(space: Space, n = 1): Space {
  checkSpace('batchSpace', space)
  checkWhole('batchSpace', 'n', n, 1)
  return batched(space, n)
}

/**
 * The batch of spaces that differ in their bounds or counts and agree in kind and shape.
 * @throws EnvError when there is none, or they do not agree
 */
export function batchDifferingSpaces(spaces: readonly Space[]): Space {
  const where = 'batchDifferingSpaces'
  if (!Array.isArray(spaces) || spaces.length === 0) throw new EnvError(`${where}: expected a list of at least one space`)
  for (const space of spaces) checkSpace(where, space)
  const first = spaces[0]!
  const same = (what: string, of: (space: Space) => string) => {
    const other = spaces.find((space) => of(space) !== of(first))
    if (other)
      throw new EnvError(`${where}: the spaces must have the same ${what}, got ${describeSpace(first)} and ${describeSpace(other)}`)
  }
  same('kind', ({ kind }) => kind)
  const joined = (values: (space: Space) => ArrayLike<number>) => spaces.flatMap((space) => Array.from(values(space)))
  switch (first.kind) {
    case 'box':
      same('shape and type', (space) => `${(space as Box).shape} ${(space as Box).dtype}`)
      return rows(
        first,
        spaces.length,
        (first as Box).dtype,
        joined((space) => (space as Box).low),
        joined((space) => (space as Box).high),
      )
    case 'discrete': {
      const counts = joined((space) => [(space as Discrete).n])
      return withStreamOf(multiDiscrete(counts, { start: joined((space) => [(space as Discrete).start]) }), first)
    }
    case 'multi-discrete':
      same('shape', (space) => String((space as MultiDiscrete).shape))
      return rows(
        first,
        spaces.length,
        'int32',
        joined((space) => (space as MultiDiscrete).start),
        joined((space) => lastOf(space as MultiDiscrete)),
      )
    case 'multi-binary':
      same('shape', (space) => String((space as MultiBinary).shape))
      return rows(first, spaces.length, 'int8', 0, 1)
    case 'dict': {
      const dicts = spaces as readonly Dict[]
      same('names', (space) => String([...(space as Dict).keys].sort()))
      const parts = (first as Dict).keys.map((key) => [key, batchDifferingSpaces(dicts.map((one) => one.spaces[key]!))] as const)
      return withStreamOf(dict(parts), first)
    }
    case 'tuple': {
      const tuples = spaces as readonly Tuple[]
      same('number of parts', (space) => String((space as Tuple).spaces.length))
      return withStreamOf(tuple((first as Tuple).spaces.map((_, i) => batchDifferingSpaces(tuples.map((one) => one.spaces[i]!)))), first)
    }
    default:
      return withStreamOf(tuple(spaces.map((space) => space.copy())), first)
  }
}

function batched(space: Space, n: number): Space {
  const times = (values: ArrayLike<number>) => Array.from({ length: n }, () => Array.from(values)).flat()
  switch (space.kind) {
    case 'box': {
      const { dtype, low, high } = space as Box
      return rows(space, n, dtype, times(low), times(high))
    }
    case 'discrete': {
      const { n: count, start } = space as Discrete
      return withStreamOf(multiDiscrete(times([count]), { start: times([start]) }), space)
    }
    case 'multi-discrete':
      return rows(space, n, 'int32', times((space as MultiDiscrete).start), times(lastOf(space as MultiDiscrete)))
    case 'multi-binary':
      return rows(space, n, 'int8', 0, 1)
    case 'dict': {
      const { keys, spaces } = space as Dict
      return withStreamOf(dict(keys.map((key) => [key, batched(spaces[key]!, n)] as const)), space)
    }
    case 'tuple':
      return withStreamOf(tuple((space as Tuple).spaces.map((part) => batched(part, n))), space)
    default: {
      const copies = tuple(Array.from({ length: n }, () => space.copy()))
      withStreamOf(copies, space)
      const seeds = space.copy().random()
      copies.seed(copies.spaces.map(() => seeds.integers(0, SEED_RANGE)))
      return copies
    }
  }
}

/** A box of n rows, each of the shape of `space`. */
function rows(space: Space, n: number, dtype: BoxType, low: number | number[], high: number | number[]): Space {
  const { shape } = space as Box | MultiDiscrete | MultiBinary
  return withStreamOf(box({ low, high, shape: [n, ...shape], dtype }), space)
}

/** The last value of each number. */
const lastOf = ({ start, nvec }: MultiDiscrete) => Array.from(start, (first, i) => first + nvec[i]! - 1)
