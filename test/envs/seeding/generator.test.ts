import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Generator, generator } from '../../../envs/seeding/generator.js'
import { fixture } from '../../support/fixtures.js'

const { cases } = fixture('rng')
const ofKind = (kind: string) => cases.filter((c: { kind: string }) => c.kind === kind)
// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const entropy = (seed: string | string[]) => (Array.isArray(seed) ? seed.map(BigInt) : BigInt(seed))

/** One operation of the fixture, run on `random`; numbers, and 64-bit results as decimal strings. */
function run(random: Generator, op: Row): (number | string)[] {
  const many = <T>(draw: () => T): T[] => Array.from({ length: op.size ?? 1 }, draw)
  switch (op.op) {
    case 'random':
      return many(() => (op.dtype === 'float32' ? random.randomFloat32() : random.random()))
    case 'uniform':
      return many(() => random.uniform(op.low, op.high))
    case 'standard_normal':
      return many(() => random.standardNormal())
    case 'normal':
      return many(() => random.normal(op.loc, op.scale))
    case 'standard_exponential':
      return many(() => random.standardExponential())
    case 'exponential':
      return many(() => random.exponential(op.scale))
    case 'permutation':
      return random.permutation(op.n)
    case 'shuffle': {
      const list = Array.from({ length: op.n }, (_, i) => i)
      random.shuffle(list)
      return list
    }
    case 'choice': {
      const options = op.p === null ? {} : { p: op.p }
      return op.replace ? many(() => random.choice(op.n, options)) : random.choiceWithoutReplacement(op.n, op.size, options)
    }
    case 'integers': {
      if (op.dtype !== undefined) return random.integersOfType(op.low, op.high, op.size, op.dtype)
      const [low, high] = [BigInt(op.low), BigInt(op.high) + (op.endpoint ? 1n : 0n)]
      const safe = low >= -(2n ** 53n) && high <= 2n ** 53n
      return many(() => (safe ? random.integers(Number(low), Number(high)) : String(random.bigIntegers(low, high))))
    }
  }
  throw new Error(`internal: the fixture has an operation that this test does not know: ${op.op}`)
}

describe('Generator draws what NumPy draws', () => {
  test.each<Row>(ofKind('generator'))('$name, seed $seed', (c) => {
    const random = generator(entropy(c.seed))
    for (const op of c.ops) {
      const got = run(random, op)
      const exact = !/normal|exponential/.test(op.op)
      if (op.summary) {
        expect([(got as number[]).reduce((sum, x) => sum + x, 0)]).toBeAllClose([op.sum], 1e-12)
        const every = (got as number[]).filter((_, i) => i % op.every === 0)
        expect(every.slice(0, op.out.length)).toBeAllClose(op.out, 1e-15)
      } else if (exact) expect(got).toEqual([op.out].flat())
      else expect(got as number[]).toBeAllClose([op.out].flat(), 1e-15)
    }
    expect(random.save()).toEqual(c.final)
  })
})

describe('Generator', () => {
  test('goes on the same way from a state saved through JSON, a waiting half word included', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.constantFrom('random', 'uint32', 'standardNormal'), { maxLength: 20 }), (seed, before) => {
        const original = generator(seed)
        for (const draw of before) original[draw as 'random']()
        const copy = generator(0)
        copy.load(JSON.parse(JSON.stringify(original.save())))
        for (const draw of ['uint32', 'random', 'uint32', 'standardNormal', 'uint32'] as const) expect(copy[draw]()).toBe(original[draw]())
        expect(copy.save()).toEqual(original.save())
      }),
    )
  })

  test('integers stay within any range', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 45 }), (seed, low, span) => {
        const random = generator(seed)
        for (let i = 0; i < 10; i++) {
          const draw = random.integers(low, low + span)
          expect(Number.isInteger(draw) && draw >= low && draw < low + span).toBe(true)
        }
      }),
    )
  })

  test('every way of choosing gives what it promises', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), fc.nat({ max: 40 }), (seed, n, wanted) => {
        const random = generator(seed)
        const count = Math.min(wanted, n)
        const chosen = random.choiceWithoutReplacement(n, count)
        expect(new Set(chosen).size).toBe(count)
        expect(chosen.every((i) => i >= 0 && i < n)).toBe(true)
        expect(random.permutation(n).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
        const only = random.integers(0, n)
        expect(random.choice(n, { p: Array.from({ length: n }, (_, i) => (i === only ? 1 : 0)) })).toBe(only)
      }),
    )
  })

  test('a partial shuffle of many, as NumPy makes it where more than one in fifty of over 10,000 is wanted', () => {
    expect(generator(0).choiceWithoutReplacement(10001, 500).slice(0, 5)).toEqual([7934, 5199, 620, 8390, 8685])
  })

  test('draws have the moments of their distributions', () => {
    const random = generator(12)
    const moments = (draw: () => number) => {
      const values = Array.from({ length: 40_000 }, draw)
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length
      return [mean, values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length]
    }
    expect(moments(() => random.random())).toBeAllClose([1 / 2, 1 / 12], 0, 0.01)
    expect(moments(() => random.normal(3, 2))).toBeAllClose([3, 4], 0, 0.1)
    expect(moments(() => random.exponential(2))).toBeAllClose([2, 4], 0, 0.15)
  })

  test.each([
    [3, 3],
    [4, 3],
    [0.5, 3],
    [0, Number.POSITIVE_INFINITY],
    [0, 2 ** 54],
  ])('refuses integers from %s to %s', (low, high) => {
    expect(() => generator(0).integers(low, high)).toThrow('Generator.integers: low and high must be whole numbers with low < high')
  })

  test('refuses probabilities that are none', () => {
    const random = generator(0)
    expect(() => random.choice(2, { p: [0.5, 0.6] })).toThrow('probabilities must sum to 1, got 1.1')
    expect(() => random.choice(2, { p: [1.5, -0.5] })).toThrow('probabilities must not be negative, got -0.5 at index 1')
    expect(() => random.choice(3, { p: [0.5, 0.5] })).toThrow('expected 3 probabilities, got 2')
    expect(() => random.choiceWithoutReplacement(3, 4)).toThrow('at most 3 elements can be chosen, got 4')
    expect(() => random.choiceWithoutReplacement(3, 2, { p: [1, 0, 0] })).toThrow(
      '2 different elements asked for, but fewer have a probability above 0',
    )
    expect(() => random.bigIntegers(5n, 5n)).toThrow('expected low < high')
    expect(() => random.integersOfType(0, 300, 1, 'uint8')).toThrow('at most 256 values, got 0 and 300')
  })

  test.each([-1, 0.1, 'test', Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => generator(seed as number)).toThrow('a seed must be a whole number')
  })
})
