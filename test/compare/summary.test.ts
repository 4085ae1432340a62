import { describe, expect, test } from 'vitest'
import type { RunMeasures } from '../../src/compare/measure.js'
import { notes } from '../../src/compare/report/notes.js'
import { pairsNeeded, type RunRow, type Summary, summarise } from '../../src/compare/summary.js'
import { stream } from '../../src/core/random.js'

const bootstrap = { repetitions: 2000 }

function measures(finalReturn: number, over: Partial<RunMeasures> = {}): RunMeasures {
  const score = { finalReturn, area: finalReturn / 2, lateDip: finalReturn, evaluation: finalReturn }
  return { ...score, stepsToThreshold: null, clipRate: 0.5, finalTau: null, skipped: 0, steps: 1000, episodes: 100, seconds: 1, ...over }
}

/** `returns[i]` belongs to seed i + 1; null = the run failed. */
function rule(clip: string, returns: readonly (number | null)[], env = 'Toy-v0'): RunRow[] {
  return returns.map((value, i) => ({
    name: `${env}__${clip}__${i + 1}`,
    env,
    clip,
    seed: i + 1,
    measures: value === null ? null : measures(value),
    failure: value === null ? 'exit code 1' : null,
    lastWords: [],
  }))
}

const luck = stream(5, 'luck')
/** Seeds differ much more than rules do: only pairing can see the difference. */
const base = Array.from({ length: 8 }, () => 200 + 100 * luck.normal())
const plus = (bonus: number) => base.map((value, i) => value + bonus + i / 10)
const difference = (summary: Summary, clip: string, measure = 'finalReturn') =>
  summary.differences.find((entry) => entry.clip === clip && entry.measure === measure)!

describe('summarise', () => {
  test('numbers of a rule', () => {
    const [one] = summarise(rule('none', [1, 2, 3, 10]), { bootstrap }).rules
    expect(one).toMatchObject({
      env: 'Toy-v0',
      clip: 'none',
      n: 4,
      failed: 0,
      skipped: 0,
      seconds: 1,
      stepsToThreshold: null,
      finalTau: null,
    })
    // mean 16/4; IQM cuts 1 and 10; sd² = (9 + 4 + 1 + 36) / 3
    expect(one!.finalReturn).toMatchObject({ n: 4, mean: 4, iqm: 2.5, median: 2.5, min: 1, max: 10, sd: Math.sqrt(50 / 3) })
    expect(one!.finalReturn!.interval!.low).toBeGreaterThanOrEqual(1)
  })

  test('one run has no spread and no interval', () => {
    const [one] = summarise(rule('none', [7])).rules
    expect(one!.finalReturn).toEqual({ n: 1, mean: 7, sd: null, iqm: 7, interval: null, median: 7, min: 7, max: 7 })
  })

  test('a difference that every seed shows is found in spite of the noise between seeds, and its sign is right', () => {
    const summary = summarise([...rule('none', base), ...rule('good', plus(20)), ...rule('bad', plus(-20))], { bootstrap })
    expect(summary.baseline).toBe('none')
    expect(difference(summary, 'good')).toMatchObject({ verdict: 'better', paired: { pairs: 8, p: 2 / 256 }, adjustedP: 4 / 256 }) // Holm over 2
    expect(difference(summary, 'bad').verdict).toBe('worse')
    expect(difference(summary, 'good').paired!.mean).toBeCloseTo(20.35, 10) // 20 + mean of 0, .1, …, .7
    expect(difference(summary, 'good', 'area').paired!.mean).toBeCloseTo(20.35 / 2, 10)
  })

  test('equal rules show no difference, and neither do differences of mixed sign', () => {
    const mixed = base.map((value, i) => value + (i % 2 === 0 ? 21 : -20))
    const summary = summarise([...rule('none', base), ...rule('same', base), ...rule('mixed', mixed)], { bootstrap })
    expect(difference(summary, 'same')).toMatchObject({ verdict: 'no difference shown', paired: { mean: 0, p: 1 }, improvement: 0.5 })
    expect(difference(summary, 'mixed').verdict).toBe('no difference shown')
  })

  test('five seeds can never carry a verdict, and the notes say so', () => {
    const summary = summarise([...rule('none', base.slice(0, 5)), ...rule('good', plus(1000).slice(0, 5))], { bootstrap })
    expect(difference(summary, 'good').verdict).toBe('no difference shown')
    expect(notes(summary)[0]).toBe(
      'With 5 pairs and 1 rule to compare, p (Holm) cannot fall below 0.063: no difference can be shown. It takes at least 6 seeds.',
    )
  })

  test.each([1, 2, 3, 10, 18])('pairsNeeded(%i) is the first number that suffices', (rules) => {
    const smallest = (pairs: number) => rules * 2 ** (1 - pairs)
    expect(smallest(pairsNeeded(rules))).toBeLessThan(0.05)
    expect(smallest(pairsNeeded(rules) - 1)).toBeGreaterThanOrEqual(0.05)
  })

  test('a rule that lost its bad seeds gets no verdict, and the loss is counted', () => {
    const survivors = plus(50).map((value, i) => (i === 3 ? null : value))
    const summary = summarise([...rule('none', base), ...rule('lossy', survivors)], { bootstrap })
    expect(summary.rules[1]).toMatchObject({ n: 7, failed: 1 })
    expect(difference(summary, 'lossy')).toMatchObject({ verdict: 'not compared: runs failed', paired: { pairs: 7 } })
    expect(notes(summary).join()).toContain('lossy on Toy-v0: 1 of 8')
  })

  test('without any run in common there is nothing to pair', () => {
    const summary = summarise([...rule('none', [1, null]), ...rule('other', [null, 2]), ...rule('gone', [null, null])], { bootstrap })
    expect(difference(summary, 'other')).toMatchObject({ verdict: 'not compared: no common seed', paired: null, adjustedP: null })
    expect(summary.rules[2]).toMatchObject({ n: 0, failed: 2, finalReturn: null, seconds: null })
  })

  test('adding a rule, or giving the runs in another order, changes no interval', () => {
    const runs = [...rule('none', base), ...rule('good', plus(20))]
    const small = summarise(runs, { bootstrap })
    const large = summarise([...rule('more', plus(3)), ...runs.toReversed()], { bootstrap, baseline: 'none' })
    expect(large.rules.find(({ clip }) => clip === 'good')).toEqual(small.rules[1])
    expect(difference(large, 'good').paired).toEqual(difference(small, 'good').paired)
  })

  test('over several environments the probability of improvement needs no common scale', () => {
    const runs = [
      ...rule('none', [1, 2, 3], 'A-v0'),
      ...rule('good', [4, 5, 6], 'A-v0'),
      ...rule('none', [-100, -200], 'B-v0'),
      ...rule('good', [-100, -200], 'B-v0'),
    ]
    const { overall } = summarise(runs, { bootstrap })
    expect(overall).toHaveLength(1)
    expect(overall[0]).toMatchObject({ clip: 'good', baseline: 'none', envs: 2, probability: 0.75 }) // 1 and 1/2
    expect(summarise(rule('none', base), { bootstrap }).overall).toEqual([])
  })
})
