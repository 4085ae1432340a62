/**
 * Generator: NumPy's numpy.random.Generator over PCG64, draw for draw.
 *
 * An environment that draws here what Gymnasium draws there begins in the same state and slips on the same ice.
 * One 64-bit output makes one double. A 32-bit draw takes the low half of an output and keeps the high half for the next one,
 * however many doubles are drawn in between. Bounded integers use Lemire's multiplication, shuffles use masked rejection,
 * as NumPy does. BigInt appears only where a range does not fit a double, and in `save` and `load`.
 *
 * Source: NumPy 2.4 (numpy/random); Lemire 2019, "Fast random integer generation in an interval" (arXiv:1805.10941).
 */
import { drawWeighted, drawWeightedWithoutReplacement, drawWithoutReplacement } from './choice.js'
import { Pcg64, type Pcg64State } from './pcg64.js'
import { checkSeed, type Entropy, type SeedSequence, seedSequence } from './seed-sequence.js'
import { drawExponential, drawNormal } from './ziggurat.js'

/** As NumPy's `bit_generator.state`, flat: what it prints can be loaded here and the other way round. */
export type GeneratorState = Pcg64State & {
  /** 1 when a high half waits in `uinteger`. */
  readonly has_uint32: number
  readonly uinteger: number
}

export interface ChoiceOptions {
  /** Probability of each element; they sum to 1. Default: all alike. */
  readonly p?: ArrayLike<number>
}

/** The number types that NumPy cuts out of one 32-bit draw, or draws whole. */
export type IntegerType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32'

const TO_UNIT = 2 ** -53
const TWO_32 = 2 ** 32
const MASK_64 = (1n << 64n) - 1n

/**
 * A generator as Gymnasium's `np_random(seed)` makes it.
 * @throws RangeError unless the seed is a non-negative integer, a list of them, or a SeedSequence
 */
export function generator(seed: Entropy | SeedSequence): Generator {
  if (seed !== null && typeof seed === 'object' && 'words' in seed) return new Generator(new Pcg64(seed))
  if (!Array.isArray(seed)) checkSeed('generator', seed)
  return new Generator(new Pcg64(seedSequence(seed)))
}

export class Generator {
  readonly #bits: Pcg64
  #hasHalf = false
  #half = 0

  constructor(bits: Pcg64) {
    this.#bits = bits
  }

  /** Uniform in [0, 1), 53 bits. */
  random(): number {
    const bits = this.#bits
    bits.next()
    return ((bits.high >>> 0) * 2097152 + (bits.low >>> 11)) * TO_UNIT
  }

  /** Uniform in [0, 1), 24 bits, as `random(dtype=float32)`. */
  randomFloat32(): number {
    return (this.uint32() >>> 8) * 2 ** -24
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.random()
  }

  /**
   * Uniform integer in [low, high), for ranges that a double can hold.
   * @throws RangeError unless both are whole numbers and low < high
   */
  integers(low: number, high: number): number {
    const span = high - low - 1
    if (!Number.isInteger(low) || !Number.isInteger(high) || span < 0 || Math.abs(low) > 2 ** 53 || high > 2 ** 53 || span >= 2 ** 53) {
      throw new RangeError(
        `Generator.integers: low and high must be whole numbers with low < high and at most 2^53 of them, got ${low} and ${high}`,
      )
    }
    if (span === 0) return low
    if (span < TWO_32) return low + this.#below32(span)
    return low + Number(this.#below64(BigInt(span)))
  }

  /** Uniform integer in [low, high), for any 64-bit range. */
  bigIntegers(low: bigint, high: bigint): bigint {
    const span = high - low - 1n
    if (span < 0n || span > MASK_64)
      throw new RangeError(`Generator.bigIntegers: expected low < high and at most 2^64 values, got ${low}, ${high}`)
    if (span === 0n) return low
    if (span < BigInt(TWO_32)) return low + BigInt(this.#below32(Number(span)))
    return low + this.#below64(span)
  }

  /** Uniform integers in [low, high) as `integers(low, high, count, dtype)`: small types share 32-bit draws within one call. */
  integersOfType(low: number, high: number, count: number, type: IntegerType): number[] {
    const width = Number(type.replace(/\D+/, ''))
    if (width === 32) return Array.from({ length: count }, () => this.integers(low, high))
    const span = high - low - 1
    const range = 2 ** width
    if (!(Number.isInteger(low) && Number.isInteger(high) && span >= 0 && span < range)) {
      throw new RangeError(`Generator.integersOfType: expected low < high and at most ${range} values, got ${low} and ${high}`)
    }
    const piece = this.#pieces(width)
    const values = span + 1
    return Array.from({ length: count }, () => {
      if (span === 0) return low
      let product = piece() * values
      const threshold = (range - values) % values
      while (product % range < threshold) product = piece() * values
      return low + Math.floor(product / range)
    })
  }

  /** Standard normal. */
  standardNormal(): number {
    return drawNormal(this)
  }

  normal(mean = 0, deviation = 1): number {
    return mean + deviation * drawNormal(this)
  }

  /** Exponential with mean 1. */
  standardExponential(): number {
    return drawExponential(this)
  }

  exponential(scale = 1): number {
    return scale * drawExponential(this)
  }

  /** One index in [0, n), as NumPy's `choice(n)` and `choice(n, p=…)`. */
  choice(n: number, { p }: ChoiceOptions = {}): number {
    return p === undefined ? this.integers(0, n) : drawWeighted(this, n, p)
  }

  /** `count` different indices in [0, n), as NumPy's `choice(n, count, replace=False)`. */
  choiceWithoutReplacement(n: number, count: number, { p }: ChoiceOptions = {}): number[] {
    return p === undefined ? drawWithoutReplacement(this, n, count) : drawWeightedWithoutReplacement(this, n, count, p)
  }

  /** Shuffles in place. */
  shuffle(list: { length: number; [index: number]: unknown }): void {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#maskedBelow(i)
      const kept = list[i]
      list[i] = list[j]
      list[j] = kept
    }
  }

  /** 0 … n−1 in random order. */
  permutation(n: number): number[] {
    const list = Array.from({ length: n }, (_, i) => i)
    this.shuffle(list)
    return list
  }

  /** The bit generator, for its next 64 bits in two halves. */
  get bits(): Pcg64 {
    return this.#bits
  }

  /** 32 bits, unsigned. */
  uint32(): number {
    if (this.#hasHalf) {
      this.#hasHalf = false
      return this.#half
    }
    this.#bits.next()
    this.#hasHalf = true
    this.#half = this.#bits.high >>> 0
    return this.#bits.low >>> 0
  }

  save(): GeneratorState {
    return { ...this.#bits.save(), has_uint32: this.#hasHalf ? 1 : 0, uinteger: this.#half }
  }

  /** @throws RangeError unless `state` is what `save` gives */
  load(state: GeneratorState): void {
    this.#bits.load(state)
    this.#hasHalf = state.has_uint32 === 1
    this.#half = state.uinteger >>> 0
  }

  /** Uniform in [0, span], span from 1 to 2^32 − 1. */
  #below32(span: number): number {
    if (span === TWO_32 - 1) return this.uint32()
    const values = span + 1
    let draw = this.uint32()
    if (Math.imul(draw, values) >>> 0 < values) {
      const threshold = (TWO_32 - values) % values
      while (Math.imul(draw, values) >>> 0 < threshold) draw = this.uint32()
    }
    // the upper word of a 64-bit product, from two products that are exact
    return Math.floor(((draw >>> 16) * values + Math.floor(((draw & 0xffff) * values) / 65536)) / 65536)
  }

  /** Uniform in [0, span], span from 2^32 to 2^64 − 1. */
  #below64(span: bigint): bigint {
    if (span === MASK_64) return this.#uint64()
    const values = span + 1n
    let product = this.#uint64() * values
    if ((product & MASK_64) < values) {
      const threshold = (MASK_64 - span) % values
      while ((product & MASK_64) < threshold) product = this.#uint64() * values
    }
    return product >> 64n
  }

  /** Uniform in [0, most] by masked rejection, most from 1 to 2^32 − 1. */
  #maskedBelow(most: number): number {
    const mask = 0xffffffff >>> Math.clz32(most)
    let draw = (this.uint32() & mask) >>> 0
    while (draw > most) draw = (this.uint32() & mask) >>> 0
    return draw
  }

  #uint64(): bigint {
    this.#bits.next()
    return (BigInt(this.#bits.high >>> 0) << 32n) | BigInt(this.#bits.low >>> 0)
  }

  /** Pieces of `width` bits, the lowest of each 32-bit draw first. */
  #pieces(width: number): () => number {
    let left = 0
    let draw = 0
    return () => {
      if (left === 0) {
        draw = this.uint32()
        left = 32 / width
      } else draw >>>= width
      left--
      return draw & (2 ** width - 1)
    }
  }
}
