import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Comparison } from '../../src/compare/compare.js'
import type { RunMeasures } from '../../src/compare/measure.js'
import { intervalBars } from '../../src/compare/report/bars.js'
import type { Column } from '../../src/compare/report/columns.js'
import { DIFFERENCE_CSV_COLUMNS, RULE_COLUMNS, RUN_COLUMNS, readCsv, toCsv } from '../../src/compare/report/csv.js'
import { formatCount, formatInterval, formatNumber, formatP } from '../../src/compare/report/format.js'
import { comparisonMarkdown } from '../../src/compare/report/markdown.js'
import { table } from '../../src/compare/report/table.js'
import { comparisonText } from '../../src/compare/report/text.js'
import { distribution, type RunRow, summarise } from '../../src/compare/summary.js'

const measures = (finalReturn: number): RunMeasures => ({
  ...{ finalReturn, area: finalReturn / 2, lateDip: finalReturn - 1, evaluation: finalReturn + 1, stepsToThreshold: 12_000 },
  ...{ clipRate: 0.52, finalTau: 0.5, skipped: 0, steps: 50_000, episodes: 300, seconds: 12.5 },
})
const run = (clip: string, seed: number, value: number | null): RunRow => ({
  ...{ name: `Toy-v0__${clip}__${seed}`, env: 'Toy-v0', clip, seed },
  measures: value === null ? null : measures(value),
  failure: value === null ? 'exit code 1' : null,
  lastWords: value === null ? ['first', 'the loss was\u001b[31m not finite'] : [],
})
const runs = [run('none', 1, 100), run('none', 2, 120), run('a|b', 1, 130), run('a|b', 2, null)]
const comparison: Comparison = {
  ...{ name: 'toy', folder: 'comparisons/toy', args: ['--total-steps', '50000'], threshold: { 'Toy-v0': 475 }, runs, interruptedBy: null },
  summary: summarise(runs, { bootstrap: { repetitions: 500 } }),
}

describe('table', () => {
  const columns: readonly Column<{ readonly a: string; readonly b: string }>[] = [
    { title: 'left', align: 'left', cell: ({ a }) => a },
    { title: 'r', align: 'right', cell: ({ b }) => b, dispensable: 1 },
    { title: 'x', align: 'right', cell: ({ b }) => b, dispensable: 2 },
  ]
  const rows = [
    { a: 'τ', b: '1' },
    { a: 'longer', b: '12' },
  ]

  test('aligns, counting characters and not bytes', () => {
    expect(table(columns, rows)).toEqual(['left     r   x', 'τ        1   1', 'longer  12  12'])
  })

  test('leaves out the most dispensable columns first, and keeps what must stay whole', () => {
    expect(table(columns, rows, 10)).toEqual(['left     r', 'τ        1', 'longer  12'])
    expect(table(columns, rows, 3)).toEqual(['left', 'τ', 'longer'])
  })

  test('lets no control character from a file through', () => {
    expect(table(columns, [{ a: 'x\u001b[31m\ny', b: '' }])[1]).toBe('x [31m y')
  })
})

describe('numbers', () => {
  test.each([
    [500, '500.0'],
    [-151.34, '-151.3'],
    [12.345, '12.35'],
    [1.5, '1.500'],
    [0.05, '0.05'],
    [3.2e-7, '3.2e-7'],
    [0, '0'],
    [Number.POSITIVE_INFINITY, '∞'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s reads %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  test('counts, intervals and p-values', () => {
    expect([formatCount(66_500), formatCount(1_250_000), formatCount(999)]).toEqual(['66.5K', '1.25M', '999'])
    expect([formatInterval({ low: 1, high: 2 }), formatInterval(null)]).toEqual(['[1.000, 2.000]', '–'])
    expect([formatP(0.031), formatP(1e-5), formatP(null)]).toEqual(['0.031', '<0.001', '–'])
  })
})

describe('interval bars', () => {
  const of = (name: string, values: readonly number[], interval: { low: number; high: number } | null) => ({
    name,
    distribution: { ...distribution(values)!, interval },
  })

  test('one axis for all, the point at the IQM', () => {
    const rows = [of('a', [0, 5, 10], { low: 0, high: 10 }), of('bb', [20], null)]
    expect(intervalBars(rows, 25, false)).toEqual([
      '    0               20.00', // 21 cells for 0 … 20
      'a   ├────●────┤',
      'bb                      ●',
    ])
    expect(intervalBars(rows, 25, true)[1]).toMatch(/^a {3}\|-+o-+\|$/)
    expect(new Set(intervalBars(rows, 25, true).join('')).has('├')).toBe(false)
  })

  test('draws nothing when all values are equal or none is there', () => {
    expect(intervalBars([of('a', [1, 1], { low: 1, high: 1 })], 80, false)).toEqual([])
    expect(intervalBars([{ name: 'a', distribution: null }], 80, false)).toEqual([])
  })
})

describe('CSV', () => {
  test('survives a round trip, whatever the text', () => {
    const columns = [
      { name: 'text', meaning: '', value: (row: readonly [string, number]) => row[0] },
      { name: 'number', meaning: '', value: (row: readonly [string, number]) => row[1] },
    ]
    const text = fc.string({ unit: fc.constantFrom('a', 'τ', '"', ',', '\n', '\r', ' ', ';') })
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.double({ noNaN: true, noDefaultInfinity: true }))), (rows) => {
        const back = readCsv(toCsv(columns, rows))
        expect(back.map((row) => row['text'])).toEqual(rows.map(([value]) => value))
        expect(back.map((row) => Number(row['number']) + 0)).toEqual(rows.map(([, value]) => value + 0)) // −0 is written as 0
      }),
    )
  })

  test('one row per run with full numbers; a failed run is there with its reason', () => {
    const rows = readCsv(toCsv(RUN_COLUMNS, runs))
    expect(rows).toHaveLength(4)
    expect(rows[0]).toMatchObject({
      env: 'Toy-v0',
      clip: 'none',
      seed: '1',
      status: 'done',
      final_return: '100',
      clip_rate: '0.52',
      final_tau: '0.5',
    })
    expect(rows[3]).toMatchObject({ clip: 'a|b', status: 'exit code 1', final_return: '', seconds: '' })
  })

  test('one row per rule, and one per difference', () => {
    const rules = readCsv(toCsv(RULE_COLUMNS, comparison.summary.rules))
    expect(rules[0]).toMatchObject({
      clip: 'none',
      n: '2',
      failed: '0',
      final_return_mean: '110',
      final_return_iqm: '110',
      reached_threshold: '2',
    })
    expect(rules[1]).toMatchObject({ clip: 'a|b', n: '1', failed: '1', final_return_sd: '', final_return_iqm_low: '' })
    const differences = readCsv(toCsv(DIFFERENCE_CSV_COLUMNS, comparison.summary.differences))
    expect(differences[0]).toMatchObject({
      clip: 'a|b',
      baseline: 'none',
      measure: 'final_return',
      pairs: '1',
      difference: '30',
      verdict: 'not compared: runs failed',
    })
  })

  test('no column has the name of another, and all have a meaning', () => {
    for (const columns of [RUN_COLUMNS, RULE_COLUMNS, DIFFERENCE_CSV_COLUMNS]) {
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length)
      expect(columns.every(({ meaning }) => meaning.length > 3)).toBe(true)
    }
  })
})

describe('reports', () => {
  test('the terminal shows every rule with its n, the failure with its last words, and no escape code', () => {
    const text = comparisonText(comparison)
    expect(text).toMatch(/^none +2 +110\.0 /m)
    expect(text).toMatch(/^a\|b +1 \(1 failed\) /m)
    expect(text).toContain('the loss was')
    expect(text).not.toContain('\u001b')
    expect(text).toContain('a|b on Toy-v0: 1 of 2')
    expect(text).not.toContain('better\n')
  })

  test('keeps to the width where it can, and to ASCII in its bars when asked', () => {
    const full: Comparison = {
      ...comparison,
      runs: runs.slice(0, 2),
      summary: summarise(runs.slice(0, 2), { bootstrap: { repetitions: 500 } }),
    }
    for (const line of comparisonText(full, { width: 80 }).split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    expect(comparisonText(full, { ascii: true, width: 80 })).not.toContain('├')
  })

  test('Markdown: whole tables, pipes escaped, settings and columns explained', () => {
    const markdown = comparisonMarkdown(comparison)
    expect(markdown).toContain('| a\\|b | 1 (1 failed) | 130.0 |')
    expect(markdown).toContain('Flags of all runs: `--total-steps 50000`. Baseline: `none`.')
    expect(markdown).toContain('Threshold: 475.')
    expect(markdown).toContain('| final_return | mean return of the last 100 training episodes |')
    const tables = markdown.split('\n').filter((line) => line.startsWith('|'))
    expect(tables.every((line) => line.endsWith('|'))).toBe(true)
  })

  test('a comparison that was cut short says so', () => {
    const cut = { ...comparison, interruptedBy: 'SIGINT' }
    expect(comparisonText(cut)).toContain('cut short')
    expect(comparisonMarkdown(cut)).toContain('cut short')
  })
})
