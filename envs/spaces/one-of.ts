/** One out of several spaces. Elements are [which, element of that space]. Source: equal to Gymnasium's OneOf. */
import { EnvError } from '../errors.js'
import { checkChoices, isGiven, isKind } from './check.js'
import { checkParts, checkRow, seedOwnThenParts } from './parts.js'
import type { ElementOf, MaskOf, ProbabilitiesOf, Space } from './space.js'
import { streamOver, withStreamOf } from './stream.js'

/** [0, element of the first] | [1, element of the second] | … */
export type OneOfElement<S extends readonly Space[]> = {
  readonly [I in keyof S]: readonly [which: I extends `${infer N extends number}` ? N : number, element: ElementOf<S[I]>]
}[number]

export interface OneOf<S extends readonly Space[] = readonly Space[]> extends Space<OneOfElement<S>> {
  readonly kind: 'one-of'
  readonly spaces: S
  sample(choices?: OneOfChoices<S>): OneOfElement<S>
  copy(): OneOf<S>
}

export interface OneOfChoices<S extends readonly Space[] = readonly Space[]> {
  /** What each space takes as its mask; null where it is free. Which space it will be is not open to choice, as in Gymnasium. */
  readonly mask?: { readonly [I in keyof S]: MaskOf<S[I]> } | null
  readonly p?: { readonly [I in keyof S]: ProbabilitiesOf<S[I]> } | null
}

/** @throws EnvError unless there is at least one part, and every part is a space */
export function oneOf<const S extends readonly Space[]>(spaces: S): OneOf<S>
export function oneOf(spaces: readonly Space[]): OneOf {
  const parts = checkParts('oneOf', spaces)
  if (parts.length === 0) throw new EnvError('oneOf: expected at least one space, got none')
  const stream = streamOver('oneOf', parts)

  const element = (
    choice: (which: number) => { readonly mask?: unknown; readonly p?: unknown } | undefined,
  ): readonly [number, unknown] => {
    const which = stream.random().integers(0, parts.length)
    return [which, parts[which]!.sample(choice(which))]
  }

  const space: OneOf = {
    kind: 'one-of',
    size: 1 + parts.reduce((most, part) => Math.max(most, part.size), 0),
    spaces: parts,
    seed: (seed) => seedOwnThenParts('OneOf.seed', stream, seed, parts),
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => {
      if (choices === undefined) return element(() => undefined)
      checkChoices('OneOf.sample', choices)
      const { mask, p } = choices
      if (isGiven(mask)) {
        const masks = checkRow('OneOf.sample', 'masks', mask, parts.length)
        return element((which) => ({ mask: masks[which] }))
      }
      if (!isGiven(p)) return space.sample()
      const ps = checkRow('OneOf.sample', 'probabilities', p, parts.length)
      return element((which) => ({ p: ps[which] }))
    },
    contains: (value): value is readonly [number, unknown] => {
      if (!Array.isArray(value) || value.length !== 2) return false
      const part = Number.isInteger(value[0]) ? parts[value[0] as number] : undefined
      return part?.contains(value[1]) ?? false
    },
    equals: (other) =>
      isKind<OneOf>(other, 'one-of') && other.spaces.length === parts.length && parts.every((part, i) => part.equals(other.spaces[i])),
    toJSON: () => ({ kind: 'one-of', spaces: parts.map((part) => part.toJSON()) }),
    copy: () => withStreamOf(oneOf(parts.map((part) => part.copy())), space),
  }
  return space
}
