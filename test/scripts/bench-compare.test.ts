import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changes, comparisonText, noiseBand, regressions } from '../../scripts/bench/compare.js'
import type { BenchNumber } from '../../scripts/bench/entry.js'
import type { BenchFile } from '../../scripts/bench/report.js'

const file = (numbers: readonly BenchNumber[], machine: BenchFile['machine'] = { cpu: 'A' }): BenchFile => ({
  format: 1,
  machine,
  results: { acting: { unit: 'step', timings: [], numbers } },
})
const number = (value: number, more: Partial<BenchNumber> = {}): BenchNumber => ({ name: 'ours against theirs', value, unit: 'x', ...more })
const verdict = (before: BenchNumber, now: BenchNumber) => changes([file([before])], file([now]))[0]!.verdict
const steady = { rounds: [10, 10, 10, 10, 10] }

describe('noise', () => {
  test('a run against itself has not changed', () => {
    const values = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 15 })
    fc.assert(
      fc.property(values, fc.constantFrom('x', '%'), (rounds, unit) => {
        const one = number(rounds[0]!, { rounds, unit })
        expect(verdict(one, one)).toBe('same')
      }),
    )
  })

  test('grows with the spread of the rounds of either run, and does not shrink with fewer rounds', () => {
    const spread = (rounds: readonly number[]) => noiseBand([number(10, { rounds })], number(10, steady))
    expect(spread([9, 9.5, 10, 10.5, 11])).toBeGreaterThan(spread([9.8, 9.9, 10, 10.1, 10.2]))
    expect(spread([9, 10, 11])).toBeGreaterThan(spread([9, 9, 9, 10, 10, 10, 11, 11, 11]))
    expect(noiseBand([number(10, steady)], number(10, { rounds: [9, 9.5, 10, 10.5, 11] }))).toBe(spread([9, 9.5, 10, 10.5, 11]))
  })

  test('does not depend on the scale of a ratio', () => {
    const rounds = [9, 9.5, 10, 10.5, 11]
    const scaled = rounds.map((value) => 7 * value)
    const band = (values: readonly number[]) => noiseBand([number(values[2]!, { rounds: values })], number(values[2]!, { rounds: values }))
    expect(band(scaled)).toBeCloseTo(band(rounds), 10)
  })

  test('is 10 % at least, and one disturbed round of five does not count', () => {
    expect(noiseBand([number(10, steady)], number(10, steady))).toBeCloseTo(0.1, 12)
    expect(noiseBand([number(10, { rounds: [10, 10, 90, 10, 10] })], number(10, steady))).toBeCloseTo(0.1, 12)
  })

  test('by hand: median absolute deviation 0.1 of logarithms in 9 rounds', () => {
    const logs = [-0.3, -0.2, -0.1, -0.1, 0, 0.1, 0.1, 0.2, 0.3]
    const rounds = logs.map(Math.exp)
    const error = (1.2533 * 1.4826 * 0.1 * (1 + 1.5 / 9)) / 3
    expect(noiseBand([number(1, { rounds })], number(1, { rounds: Array(9).fill(1) }))).toBeCloseTo(Math.expm1(3 * error), 10)
  })

  test('several earlier runs tell how far runs lie apart, however steady each was', () => {
    const runs = [8, 10, 12.5].map((value) => number(value, { rounds: Array(5).fill(value) }))
    const apart = Math.log(1.25) // standard deviation of log 8, log 10 and log 12.5
    expect(noiseBand(runs, number(10, steady))).toBeCloseTo(Math.expm1(3 * apart * Math.sqrt(4 / 3)), 10)
    expect(
      changes(
        runs.map((run) => file([run])),
        file([number(6, steady)]),
      )[0],
    ).toMatchObject({ before: { value: 10 }, verdict: 'same' })
    expect(noiseBand([number(10), number(10)], number(10))).toBeCloseTo(0.1, 12) // without rounds too
  })

  test('is 20 % where there are no rounds to learn it from', () => {
    expect([noiseBand([number(10)], number(10, steady)), noiseBand([number(10, { rounds: [10, 10] })], number(10, steady))]).toEqual([
      0.2, 0.2,
    ])
  })
})

describe('verdicts', () => {
  test.each([
    ['a ratio that fell', number(10, steady), number(8, steady), 'worse'],
    ['a ratio that rose', number(10, steady), number(12, steady), 'better'],
    ['a ratio within noise', number(10, steady), number(9.5, steady), 'same'],
    ['a ratio promised at most that rose', number(2), number(3, { target: { atMost: 3 } }), 'worse'],
    ['a ratio promised at most that fell', number(3), number(2, { target: { atMost: 3 } }), 'better'],
    ['a cost in per cent that rose', number(5, { unit: '%' }), number(60, { unit: '%' }), 'worse'],
    ['a small cost that is half as large again', number(2, { unit: '%' }), number(3, { unit: '%' }), 'same'],
    ['a share promised at least that fell', number(80, { unit: '%' }), number(20, { unit: '%', target: { atLeast: 80 } }), 'worse'],
    ['a speed: machines differ', number(100, { unit: 'steps/s' }), number(10, { unit: 'steps/s' }), null],
    ['a ratio that cannot be', number(0), number(1), null],
  ])('%s', (_, before, now, expected) => expect(verdict(before, now)).toBe(expected))

  test('only numbers of both runs with the same name and unit are compared', () => {
    const before = file([number(1), number(1, { name: 'gone' }), number(1, { name: 'other', unit: 's' })])
    const now = file([number(1), number(1, { name: 'new' }), number(1, { name: 'other' })])
    expect(changes([before], now).map(({ name }) => name)).toEqual(['ours against theirs'])
    expect(changes([{ ...before, results: {} }], now)).toEqual([])
  })

  test('regressions are those that became worse', () => {
    const before = file([number(10, steady), number(10, { ...steady, name: 'b' })])
    expect(regressions(changes([before], file([number(5, steady), number(20, { ...steady, name: 'b' })]))).map(({ name }) => name)).toEqual(
      ['ours against theirs'],
    )
  })
})

describe('as text', () => {
  test('before, now, change, noise and what it means', () => {
    const text = comparisonText([file([number(2, steady)])], file([number(3, steady)]))
    expect(text).toMatch(/acting: ours against theirs +2 x +3 x +\+50% +±10% +better\n/)
    expect(text).toContain('no ratio became worse')
    const worse = comparisonText([file([number(3, steady)])], file([number(2, steady)]))
    expect(worse).toMatch(/-33% +±10% +WORSE\n1 became worse by more than noise/)
  })

  test('says when the earlier run was on another machine, or with something else', () => {
    const facts = { cpu: 'A', node: 'v20', commit: '1' }
    const text = (now: BenchFile['machine']) => comparisonText([file([number(2)], facts)], file([number(2)], now))
    expect(text({ ...facts, commit: '2', wasm: 'SIMD' })).not.toContain('the earlier run had')
    expect(text({ ...facts, node: 'v22' })).toContain('the earlier run had another node: v20, now v22')
    expect(text({ ...facts, cpu: 'B' })).toContain('another machine (A): compare ratios only')
  })
})
