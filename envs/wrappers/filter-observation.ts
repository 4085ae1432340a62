/** FilterObservation: shows some parts of a Dict by their names, or of a Tuple by their positions, in the order asked for. */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { describeSpace } from '../spaces/describe.js'
import { type Dict, dict } from '../spaces/dict.js'
import type { Space } from '../spaces/space.js'
import { type Tuple, tuple } from '../spaces/tuple.js'
import { didYouMean } from '../suggest.js'
import { observing } from './wrapper.js'

/** @throws EnvError unless the observations are a Dict or a Tuple and have all these parts, each asked for once, at least one */
export function filterObservation<A>(
  // biome-ignore lint/suspicious/noExplicitAny: any Dict or Tuple
  env: Env<any, A>,
  filterKeys: readonly string[] | readonly number[],
  // biome-ignore lint/suspicious/noExplicitAny: what is left of it
): Env<any, A> {
  const { observationSpace, parts } = filtering(env.observationSpace as Space, filterKeys)
  if (observationSpace.kind === 'dict') {
    return observing<Record<string, unknown>, A, unknown>('FilterObservation', env, observationSpace, (observation) =>
      Object.fromEntries(parts.map(({ key }) => [key, observation[key]])),
    )
  }
  return observing<readonly unknown[], A, unknown>('FilterObservation', env, observationSpace, (observation) =>
    parts.map(({ key }) => observation[key as number]),
  )
}

/** What is left, and where each part of it lies in the flat row of the whole: `size` numbers from `offset`. */
export interface Filtering {
  readonly observationSpace: Space
  readonly parts: readonly { readonly key: string | number; readonly offset: number; readonly size: number }[]
}

export function filtering(space: Space, filterKeys: readonly string[] | readonly number[]): Filtering {
  if (space.kind === 'dict') {
    const { spaces, keys: known } = space as Dict
    const kept = dict(checkedKeys(filterKeys, known).map((key) => [key, spaces[key]!] as const))
    const sizes = known.map((key) => spaces[key]!.size)
    return { observationSpace: kept, parts: kept.keys.map((key) => ({ key, ...placeOf(sizes, known.indexOf(key)) })) }
  }
  if (space.kind === 'tuple') {
    const { spaces } = space as Tuple
    const positions = checkedKeys(filterKeys, [...spaces.keys()])
    const sizes = spaces.map(({ size }) => size)
    return {
      observationSpace: tuple(positions.map((position) => spaces[position]!)),
      parts: positions.map((key) => ({ key, ...placeOf(sizes, key) })),
    }
  }
  throw new EnvError(`filterObservation: expected observations in a Dict or a Tuple, got ${describeSpace(space)}`)
}

const placeOf = (sizes: readonly number[], index: number) => ({
  offset: sizes.slice(0, index).reduce((sum, size) => sum + size, 0),
  size: sizes[index]!,
})

function checkedKeys<K extends string | number>(wanted: readonly (string | number)[], known: readonly K[]): K[] {
  if (wanted.length === 0) throw new EnvError('filterObservation: expected at least one part to keep, got none')
  return wanted.map((key, i) => {
    if (!known.includes(key as K)) {
      const near = typeof key === 'string' ? didYouMean(key, known.map(String)) : ''
      throw new EnvError(`filterObservation: the observation has no part ${JSON.stringify(key)}; it has ${known.join(', ')}.${near}`)
    }
    if (wanted.indexOf(key) < i) throw new EnvError(`filterObservation: part ${JSON.stringify(key)} is named twice`)
    return key as K
  })
}
