/** A space's own random stream. Gymnasium seeds it from the machine's entropy; here it is seed 0 until somebody seeds it, so that every run can be repeated. */
import { type Generator, generator } from '../seeding/generator.js'

export interface SampleStream {
  seed(seed: number): void
  random(): Generator
}

export function sampleStream(): SampleStream {
  let random: Generator | null = null
  return {
    seed: (seed) => {
      random = generator(seed)
    },
    random: () => (random ??= generator(0)),
  }
}
