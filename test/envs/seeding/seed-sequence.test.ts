import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator } from '../../../envs/seeding/generator.js'
import { type Entropy, seedSequence } from '../../../envs/seeding/seed-sequence.js'
import { fixture } from '../../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const { cases } = fixture('rng')
const ofKind = (kind: string): Row[] => cases.filter((c: Row) => c.kind === kind)
const entropy = (seed: string | string[]): Entropy => (Array.isArray(seed) ? seed.map(BigInt) : BigInt(seed))

/** Pairs of words as one, the low word first. */
const joined = (words: Uint32Array) =>
  Array.from({ length: words.length / 2 }, (_, i) => String((BigInt(words[2 * i + 1]!) << 32n) | BigInt(words[2 * i]!)))

describe('seedSequence', () => {
  test.each(ofKind('seedsequence'))(
    'gives the words of NumPy, seed $seed, spawn key $spawn_key',
    ({ seed, spawn_key: key, words32, words64 }) => {
      const seeds = seedSequence(entropy(seed), key)
      expect([...seeds.words(words32.length)]).toEqual(words32)
      expect(joined(seeds.words(2 * words64.length))).toEqual(words64)
    },
  )

  test.each(ofKind('spawn'))('spawns the children of NumPy, seed $seed', ({ seed, children }) => {
    const root = seedSequence(entropy(seed))
    const first = root.spawn(3)
    const spawned = [...first, ...first[1]!.spawn(2), ...root.spawn(2)]
    spawned.forEach((child, i) => {
      expect([...child.words(children[i].words32.length)]).toEqual(children[i].words32)
      const random = generator(child)
      expect(children[i].random.map(() => random.random())).toEqual(children[i].random)
    })
  })

  test('a number and the same bigint are one seed, and every bit of a seed matters', () => {
    const words = (seed: Entropy) => String(seedSequence(seed).words(8))
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat({ max: 52 }), (seed, bit) => {
        expect(words(seed)).toBe(words(BigInt(seed)))
        expect(words(BigInt(seed) ^ (1n << BigInt(bit)))).not.toBe(words(seed))
      }),
    )
  })

  test('a longer request begins with the words of a shorter one', () => {
    expect([...seedSequence(7).words(12).subarray(0, 5)]).toEqual([...seedSequence(7).words(5)])
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53, -1n, '1', null, [1, -2]])('refuses %s', (seed) => {
    expect(() => seedSequence(seed as Entropy)).toThrow('seedSequence: a seed must be a whole number from 0')
  })
})
