import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { openEventLog } from '../../src/record/event-log.js'
import { histogram } from '../../src/record/histogram.js'
import { readTfevents } from './support/tfevents-reader.js'

const folder = mkdtempSync(join(tmpdir(), 'event-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), fc.constantFrom(0, 1e-12, -1e-12, 1))

describe('histogram', () => {
  test('every number is counted once, in the bucket whose limits enclose it', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (values) => {
        const { limits, counts, count, min, max, sum } = histogram(values)!
        expect(counts.reduce((total, n) => total + n, 0)).toBe(values.length)
        expect([count, min, max]).toEqual([values.length, Math.min(...values), Math.max(...values)])
        expect(sum).toBe(values.reduce((total, value) => total + value, 0))
        for (let i = 0; i < limits.length; i++) {
          const inside = values.filter((value) => value < limits[i]! && (i === 0 || value >= limits[i - 1]!))
          expect(inside).toHaveLength(counts[i]!)
          if (i > 0) expect(limits[i]).toBeGreaterThan(limits[i - 1]!)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('the limits of positive numbers are 10 % apart', () => {
    const { limits } = histogram([1, 5])!
    for (let i = 1; i < limits.length; i++) expect(limits[i]! / limits[i - 1]!).toBeCloseTo(1.1, 10)
  })

  test('what is not finite is left out; of nothing there is none', () => {
    expect(histogram([Number.NaN, 2, Number.POSITIVE_INFINITY])!.count).toBe(1)
    expect(histogram([Number.NaN])).toBeNull()
    expect(histogram([])).toBeNull()
  })
})

describe('the event log', () => {
  test('scalars and histograms come back through an independent reader', () => {
    const path = join(folder, 'made/on/the/way')
    const log = openEventLog(path, { now: () => 5000 })
    const norms = [0, 0.001, 0.5, 0.5, 40]
    log.write(3, { a: 1.5, b: null, c: Number.NaN, d: Number.POSITIVE_INFINITY }, { norms, none: [] })
    log.close()
    log.close()
    const [version, scalars, histograms, ...rest] = readAll(path)
    expect(version!.version).toBe('brain.Event:2')
    expect(scalars).toMatchObject({ wallTime: 5, step: 3, scalars: { a: 1.5, d: Number.POSITIVE_INFINITY } })
    expect(Object.keys(scalars!.scalars)).toEqual(['a', 'd'])
    expect(Object.keys(histograms!.histograms!)).toEqual(['norms'])
    const { limits, counts, count, min, max, sum, sumOfSquares } = histogram(norms)!
    expect(histograms!.histograms!['norms']).toEqual({ moments: [min, max, count, sum, sumOfSquares], limits, counts })
    expect(rest).toEqual([])
  })

  test('a log that goes on gets a file of its own, which says where', () => {
    const path = join(folder, 'twice')
    openEventLog(path, { now: () => 5000 }).close()
    openEventLog(path, { now: () => 5000, resumeAfter: 9 }).close()
    expect(readAll(path).filter(({ sessionStart }) => sessionStart)).toMatchObject([{ step: 10 }])
  })
})

function readAll(path: string) {
  return readdirSync(path)
    .sort()
    .flatMap((name) => readTfevents(readFileSync(join(path, name))))
}
