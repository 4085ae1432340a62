/** Parts in a row. Elements are arrays with one element of each part. Source: equal to Gymnasium's Tuple. */
import { checkChoices, isGiven, isKind } from './check.js'
import { checkParts, checkRow, spread } from './parts.js'
import type { ElementOf, MaskOf, ProbabilitiesOf, Space } from './space.js'
import { childSeeds, streamOver, withStreamOf } from './stream.js'

export interface Tuple<S extends readonly Space[] = readonly Space[]> extends Space<{ readonly [I in keyof S]: ElementOf<S[I]> }> {
  readonly kind: 'tuple'
  readonly spaces: S
  sample(choices?: TupleChoices<S>): { readonly [I in keyof S]: ElementOf<S[I]> }
  copy(): Tuple<S>
}

export interface TupleChoices<S extends readonly Space[] = readonly Space[]> {
  /** What each part takes as its mask; null where it is free. */
  readonly mask?: { readonly [I in keyof S]: MaskOf<S[I]> } | null
  readonly p?: { readonly [I in keyof S]: ProbabilitiesOf<S[I]> } | null
}

/** @throws EnvError unless every part is a space */
export function tuple<const S extends readonly Space[]>(spaces: S): Tuple<S>
export function tuple(spaces: readonly Space[]): Tuple {
  const parts = checkParts('tuple', spaces)
  const stream = streamOver('tuple', parts)
  const space: Tuple = {
    kind: 'tuple',
    size: parts.reduce((sum, part) => sum + part.size, 0),
    spaces: parts,
    seed: (seed) => {
      if (Array.isArray(seed)) spread(checkRow('Tuple.seed', 'seeds', seed, parts.length), parts)
      else {
        stream.seed(seed)
        spread(childSeeds(stream.random(), parts.length), parts)
      }
    },
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => {
      if (choices === undefined) return parts.map((part) => part.sample())
      checkChoices('Tuple.sample', choices)
      const { mask, p } = choices
      if (isGiven(mask)) {
        const masks = checkRow('Tuple.sample', 'masks', mask, parts.length)
        return parts.map((part, i) => part.sample({ mask: masks[i] }))
      }
      if (!isGiven(p)) return space.sample()
      const ps = checkRow('Tuple.sample', 'probabilities', p, parts.length)
      return parts.map((part, i) => part.sample({ p: ps[i] }))
    },
    contains: (value): value is readonly unknown[] =>
      Array.isArray(value) && value.length === parts.length && parts.every((part, i) => part.contains(value[i])),
    equals: (other) =>
      isKind<Tuple>(other, 'tuple') && other.spaces.length === parts.length && parts.every((part, i) => part.equals(other.spaces[i])),
    toJSON: () => ({ kind: 'tuple', spaces: parts.map((part) => part.toJSON()) }),
    copy: () => withStreamOf(tuple(parts.map((part) => part.copy())), space),
  }
  return space
}
