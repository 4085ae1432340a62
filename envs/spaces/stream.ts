/** A space's own random stream. Gymnasium seeds it from the machine's entropy; here it is seed 0 until somebody seeds it, so that every run can be repeated. */
import { type Generator, generator } from '../seeding/generator.js'
import { checkSeed } from '../seeding/seed-sequence.js'
import type { Space } from './space.js'

export interface SampleStream {
  /** @throws RangeError unless a non-negative integer */
  seed(seed: unknown): void
  random(): Generator
}

/** @param where the space, for messages */
export function sampleStream(where: string): SampleStream {
  let random: Generator | null = null
  return {
    seed: (seed) => {
      checkSeed(`${where}.seed`, seed)
      random = generator(seed)
    },
    random: () => (random ??= generator(0)),
  }
}

/** Seeds that a space's stream gives its parts: whole numbers below 2^31 − 1, as Gymnasium draws them. */
export function childSeeds(stream: SampleStream, count: number): number[] {
  return Array.from({ length: count }, () => stream.random().integers(0, 2 ** 31 - 1))
}

/** `space`, its stream set to where the stream of `source` is. */
export function withStreamOf<S extends Space>(space: S, source: Space): S {
  space.random().load(source.random().save())
  return space
}
