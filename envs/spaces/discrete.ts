/** The integers start … start + n − 1: one choice among n. Source: equal to Gymnasium's Discrete. */
import { EnvError } from '../errors.js'
import type { Space } from './space.js'
import { sampleStream } from './stream.js'

export interface SampleChoices {
  /** 1 where an element may be drawn, 0 where not; all zero draws `start`. */
  readonly mask?: ArrayLike<number>
  /** Probability of each element. */
  readonly p?: ArrayLike<number>
}

export interface Discrete extends Space<number> {
  readonly kind: 'discrete'
  readonly n: number
  readonly start: number
  sample(choices?: SampleChoices): number
}

/**
 * @param n how many elements, at least 1
 * @throws RangeError unless n and start are whole numbers and n is at least 1
 */
export function discrete(n: number, { start = 0 }: { readonly start?: number } = {}): Discrete {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`discrete: n must be a whole number of at least 1, got ${n}`)
  if (!Number.isSafeInteger(start)) throw new RangeError(`discrete: start must be a whole number, got ${start}`)
  const stream = sampleStream()
  return {
    kind: 'discrete',
    size: 1,
    n,
    start,
    seed: stream.seed,
    sample: ({ mask, p } = {}) => {
      if (mask !== undefined && p !== undefined) throw new EnvError('Discrete.sample: give a mask or probabilities, not both')
      if (p !== undefined) return start + stream.random().choice(n, { p })
      if (mask === undefined) return start + stream.random().integers(0, n)
      const allowed = indicesAllowed(mask, n)
      return allowed.length === 0 ? start : start + allowed[stream.random().choice(allowed.length)]!
    },
    contains: (value): value is number => Number.isInteger(value) && (value as number) >= start && (value as number) < start + n,
    equals: (other) => other.kind === 'discrete' && (other as Discrete).n === n && (other as Discrete).start === start,
    toJSON: () => ({ kind: 'discrete', n, start }),
  }
}

/** Where `mask` is 1. */
export function indicesAllowed(mask: ArrayLike<number>, n: number): number[] {
  const values = Array.from(mask)
  if (values.length !== n || values.some((m) => m !== 0 && m !== 1)) {
    throw new RangeError(`sample: a mask must hold ${n} numbers, each 0 or 1, got [${values.join(', ')}]`)
  }
  return values.flatMap((m, i) => (m === 1 ? [i] : []))
}
