import { describe, expect, test } from 'vitest'
import { generator } from '../../envs/seeding/generator.js'
import { bigintDoubles } from '../../scripts/bench/baselines/bigint-pcg64.js'
import { meets } from '../../scripts/bench/entry.js'
import { measure, overrideRounds, ratio, ratioOf, type Timing } from '../../scripts/bench/harness.js'
import { gymnasiumPeer } from '../../scripts/bench/peer.js'
import { resultText } from '../../scripts/bench/report.js'

const timing = (variant: string, rounds: readonly number[]): Timing => ({ variant, cpuMs: rounds[0]!, low: 0, high: 0, wallMs: 0, rounds })

describe('measure', () => {
  test('variants take turns at going first, and all work the same number of times', async () => {
    const calls: string[] = []
    const work = (name: string) => () => void calls.push(name)
    const timings = await measure({ a: work('a'), b: work('b'), c: async () => work('c')() }, { rounds: 3, roundMs: 0 })
    expect(calls.slice(-9).join('')).toBe('abcbcacab') // after warming up
    expect(timings.map(({ variant, rounds }) => [variant, rounds.length])).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 3],
    ])
  })

  test('what another process measures takes its turns too, and is told how long they are', async () => {
    const order: string[] = []
    const elsewhere = {
      ask: async (ms: number) => {
        order.push(`peer ${ms}`)
        return { cpuMs: 7, wallMs: 9 }
      },
    }
    const [ours, theirs] = await measure({ ours: () => void order.push('ours'), elsewhere }, { rounds: 2, roundMs: 0 })
    expect(order.slice(-4)).toEqual(['ours', 'peer 0', 'peer 0', 'ours'])
    expect(ours!.rounds).toHaveLength(2)
    expect(theirs).toMatchObject({ variant: 'elsewhere', cpuMs: 7, wallMs: 9, rounds: [7, 7] })
  })

  test('a variant with a warm-up of its own is not asked for a whole round before the first', async () => {
    const calls: string[] = []
    const ask = async () => {
      calls.push('ask')
      return { cpuMs: 1, wallMs: 1 }
    }
    await measure({ elsewhere: { ask, warmUp: async () => calls.push('warm up') } }, { rounds: 2 })
    expect(calls).toEqual(['warm up', 'ask', 'ask'])
  })

  test('--rounds goes before what an entry asks for', async () => {
    overrideRounds(4)
    try {
      const [timing] = await measure({ work: () => {} }, { rounds: 2, roundMs: 0 })
      expect([timing!.rounds.length, timing!.wallRounds!.length]).toEqual([4, 4])
    } finally {
      overrideRounds(null)
    }
  })

  test('a Python that is not there is named', async () => {
    await expect(gymnasiumPeer('no-such-python')).rejects.toThrow('--python no-such-python')
  })

  test('the ratio is the median of those within the rounds: a slow round meets both', () => {
    const timings = [timing('slow', [2, 40, 6]), timing('fast', [1, 10, 2])] // 2, 4, 3
    expect(ratio(timings, 'slow', 'fast')).toBe(3)
    expect(ratioOf(timings, 'slow', 'fast')).toEqual({ value: 3, rounds: [2, 4, 3] })
  })

  test('ratios of wall time are made of wall time', () => {
    const timings = [
      { ...timing('slow', [1, 1, 1]), wallRounds: [8, 8, 8] },
      { ...timing('fast', [1, 1, 1]), wallRounds: [2, 4, 1] },
    ]
    expect(ratioOf(timings, 'slow', 'fast', 'wall').value).toBe(4)
  })
})

test('the BigInt generator of the bench gives our doubles', () => {
  const ours = generator(7)
  const theirs = bigintDoubles(ours.save())
  for (let i = 0; i < 100; i++) expect(theirs()).toBe(ours.random())
})

describe('report', () => {
  const number = { name: 'ours against theirs', value: 1.25, unit: 'x', target: { atLeast: 2 } }
  test('says whether a promise is kept', () => {
    expect([meets(number), meets({ ...number, value: 2 }), meets({ name: '', value: 1, unit: '' })]).toEqual([false, true, null])
    const entry = { name: 'acting', what: 'acting', run: () => Promise.reject(new Error('not run here')) }
    expect(resultText(entry, { unit: 'step', timings: [timing('ours', [0.05])], numbers: [number] })).toContain('1.25 x  MISSES at least 2')
  })

  test('what could not be measured stands under the table', () => {
    const entry = { name: 'acting', what: 'acting', run: () => Promise.reject(new Error('not run here')) }
    const text = resultText(entry, { unit: 'step', timings: [], numbers: [number], notes: ['PyTorch: not measured, no module torch'] })
    expect(text).toMatch(/at least 2\n {2}PyTorch: not measured, no module torch\n$/)
  })
})
