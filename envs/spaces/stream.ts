/**
 * A space's own random stream. Gymnasium seeds it from the machine's entropy; here it begins from seed 0 until somebody seeds it, so that
 * every run can be repeated. A space made of spaces begins as after `seed(0)`: its unseeded parts get seeds from it, or they would all
 * draw the same.
 */
import { type Generator, generator } from '../seeding/generator.js'
import { checkSeed } from '../seeding/seed-sequence.js'
import type { Space } from './space.js'

export interface SampleStream {
  /** @throws RangeError unless a non-negative integer */
  seed(seed: unknown): void
  /** Where it begins if nobody seeds it before the first draw. */
  seedUnseeded(seed: number): void
  random(): Generator
}

/** @param where the space, for messages */
export function sampleStream(where: string): SampleStream {
  let random: Generator | null = null
  let first = 0
  return {
    seed: (seed) => {
      checkSeed(`${where}.seed`, seed)
      random = generator(seed)
    },
    seedUnseeded: (seed) => {
      first = seed
    },
    random: () => (random ??= generator(first)),
  }
}

/** Seeds that a space's stream gives its parts: whole numbers below 2^31 − 1, as Gymnasium draws them. */
export function childSeeds(random: Generator, count: number): number[] {
  return Array.from({ length: count }, () => random.integers(0, 2 ** 31 - 1))
}

/** The stream of a space of parts: where it begins unseeded, its parts begin as after `seed` of the whole, unless they have begun. */
export function streamOver(where: string, parts: readonly Space[]): SampleStream {
  const stream = sampleStream(where)
  const seedUnseeded = (seed: number) => {
    stream.seedUnseeded(seed)
    const seeds = childSeeds(generator(seed), parts.length)
    parts.forEach((part, i) => {
      part.seedUnseeded(seeds[i]!)
    })
  }
  seedUnseeded(0)
  return { ...stream, seedUnseeded }
}

/** `space`, its stream set to where the stream of `source` is. */
export function withStreamOf<S extends Space>(space: S, source: Space): S {
  space.random().load(source.random().save())
  return space
}
