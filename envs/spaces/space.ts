/** What observations and actions may be. Samples equal Gymnasium's after the same seed. */
import type { Json } from '../json.js'
import type { Generator } from '../seeding/generator.js'

export type SpaceKind = 'box' | 'discrete' | 'multi-discrete' | 'multi-binary' | 'text' | 'dict' | 'tuple' | 'sequence' | 'one-of' | 'graph'

export interface Space<T = unknown> {
  readonly kind: SpaceKind
  /**
   * Numbers in one element written flat (flat.ts). Box: the product of its shape. Discrete: 1 (its index), not one-hot.
   * Infinity for a Sequence, a Graph and what holds one: their elements vary in length and have no flat form.
   */
  readonly size: number
  /**
   * Starts the space's own random stream. A space made of spaces spreads a number over them, or takes one seed for each:
   * Dict: an object with its keys. Tuple: a list. OneOf, Sequence and Graph: a list, the own seed first.
   * @throws RangeError unless a non-negative integer, or such a structure where the space has parts
   */
  seed(seed: SpaceSeed): void
  /** Where its stream, and the streams of its parts, begin if nobody seeds them before their first draw: 0 until a space of spaces says so. */
  seedUnseeded(seed: number): void
  /** A random element from the space's own stream. @throws when a mask or probabilities do not fit the space */
  sample(choices?: SampleChoices): T
  contains(value: unknown): value is T
  equals(other: unknown): boolean
  /** A description from which an equal space can be made. */
  toJSON(): Json
  /** The stream that samples come from (Gymnasium's np_random); it begins from seed 0 unless seeded. */
  random(): Generator
  /** An equal space whose streams, those of its parts included, are in the same state and go on alone. */
  copy(): Space<T>
}

export type SpaceSeed = number | readonly SpaceSeed[] | { readonly [key: string]: SpaceSeed }

/** What may be drawn, or how likely each element is; each kind of space says which form it takes. Not both. */
export interface SampleChoices {
  readonly mask?: unknown
  readonly p?: unknown
}

/** What a space's elements are. */
export type ElementOf<S> = S extends Space<infer T> ? T : never

/** The form of mask and probabilities that a space's `sample` takes; null or absent: no restriction. */
export type MaskOf<S> = S extends { sample(choices?: infer C): unknown }
  ? C extends { readonly mask?: infer M }
    ? M | null
    : never
  : never
export type ProbabilitiesOf<S> = S extends { sample(choices?: infer C): unknown }
  ? C extends { readonly p?: infer P }
    ? P | null
    : never
  : never
