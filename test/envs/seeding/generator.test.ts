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
