/**
 * Any number of elements of one space, often with a length that differs from one to the next. Elements are lists, or with `stack` batches.
 *
 * A sample's length is geometric with p = 1/4: 4 on average, never 0. Source: equal to Gymnasium's Sequence; the length by inversion as
 * NumPy's Generator.geometric draws it for small p.
 */
import { EnvError } from '../errors.js'
import { checkCountable, concatenate, elementsOf } from './batch.js'
import type { BatchOf } from './batch-space.js'
import { checkChoices, checkSpace, isGiven, isKind, isNumberList } from './check.js'
import { describeElement } from './describe.js'
import { checkRow, seedOwnThenParts } from './parts.js'
import type { ElementOf, MaskOf, ProbabilitiesOf, Space } from './space.js'
import { streamOver, withStreamOf } from './stream.js'

export type SequenceElement<S, Stack> = Stack extends true ? BatchOf<S> : readonly ElementOf<S>[]

export interface Sequence<S extends Space = Space, Stack extends boolean = boolean> extends Space<SequenceElement<S, Stack>> {
  readonly kind: 'sequence'
  readonly featureSpace: S
  /** Whether elements are batches instead of lists. */
  readonly stack: Stack
  sample(choices?: SequenceChoices<S>): SequenceElement<S, Stack>
  copy(): Sequence<S, Stack>
}

/** How long: a number, or a list to choose from; null for a random length. */
export type SequenceLength = number | ArrayLike<number> | null

export interface SequenceChoices<S = Space> {
  /** The length, then what every element takes as its mask. */
  readonly mask?: readonly [length: SequenceLength, feature: MaskOf<S>] | null
  readonly p?: readonly [length: SequenceLength, feature: ProbabilitiesOf<S>] | null
}

const MORE = 0.75 // probability that a sample goes on after each element

/** @throws EnvError unless `featureSpace` is a space, and one whose batches tell their number if they are stacked */
export function sequence<S extends Space, const Stack extends boolean = false>(
  featureSpace: S,
  options: { readonly stack?: Stack } = {},
): Sequence<S, Stack> {
  checkSpace('sequence', featureSpace)
  const { stack = false } = options
  if (typeof stack !== 'boolean') throw new EnvError(`sequence: stack must be true or false, got ${describeElement(stack)}`)
  if (stack) checkCountable('sequence', featureSpace)
  return unstackedOrStacked(featureSpace, stack) as unknown as Sequence<S, Stack>
}

function unstackedOrStacked(featureSpace: Space, stack: boolean): Sequence {
  const stream = streamOver('sequence', [featureSpace])
  const randomLength = () => Math.ceil(-stream.random().standardExponential() / Math.log1p(MORE - 1))
  const drawn = (length: number, choices?: { readonly mask?: unknown; readonly p?: unknown }): unknown => {
    const elements = Array.from({ length }, () => featureSpace.sample(choices))
    return stack ? concatenate(featureSpace, elements) : elements
  }

  const lengthOf = (length: SequenceLength): number => {
    if (!isGiven(length)) return randomLength()
    const isLength = (one: unknown) => Number.isSafeInteger(one) && (one as number) >= 0
    if (isLength(length)) return length as number
    if (!isNumberList(length) || length.length === 0 || !Array.prototype.every.call(length, isLength)) {
      throw new EnvError(`Sequence.sample: length must be a whole number of at least 0 or a list of such, got ${describeElement(length)}`)
    }
    return length[stream.random().choice(length.length)]!
  }

  const space: Sequence = {
    kind: 'sequence',
    size: Infinity,
    featureSpace,
    stack,
    seed: (seed) => seedOwnThenParts('Sequence.seed', stream, seed, [featureSpace]),
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => {
      if (choices === undefined) return drawn(randomLength()) as readonly unknown[]
      checkChoices('Sequence.sample', choices)
      const { mask, p } = choices
      const choice = mask ?? p
      if (!isGiven(choice)) return space.sample()
      const [length, feature] = checkRow('Sequence.sample', 'choices, the length first and then that of the elements', choice, 2)
      return drawn(lengthOf(length as SequenceLength), isGiven(mask) ? { mask: feature } : { p: feature }) as readonly unknown[]
    },
    contains: (value): value is readonly unknown[] => {
      const elements = stack ? elementsOf(featureSpace, value) : Array.isArray(value) ? value : null
      return elements?.every((element) => featureSpace.contains(element)) ?? false
    },
    equals: (other) => isKind<Sequence>(other, 'sequence') && other.stack === stack && featureSpace.equals(other.featureSpace),
    toJSON: () => ({ kind: 'sequence', featureSpace: featureSpace.toJSON(), stack }),
    copy: () => withStreamOf(unstackedOrStacked(featureSpace.copy(), stack), space),
  }
  return space
}
