import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axisFor, positionOn } from '../../src/dashboard/axis.js'
import { chart } from '../../src/dashboard/chart.js'
import { EMPTY_SERIES, points, push } from '../../src/dashboard/series.js'
import { lineCells } from '../../src/dashboard/text.js'
import { BARE_THEME, paint } from '../../src/dashboard/theme.js'

const any = fc.oneof(fc.double(), fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(5e-324, 1.7e308, -1.7e308, 0))
const series = (values: readonly number[]) => points(values.reduce((all, value, i) => push(all, i, value), EMPTY_SERIES))

describe('an axis', () => {
  test('holds every value it was made for and puts its few ticks inside', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), fc.boolean(), fc.integer({ min: 2, max: 12 }), (values, log, most) => {
        const axis = axisFor(values, log, most)
        expect(axis.ticks.length).toBeLessThanOrEqual(most)
        expect(axis.high).toBeGreaterThan(axis.low)
        for (const tick of axis.ticks) {
          expect(positionOn(axis, tick)).toBeGreaterThanOrEqual(-1e-9)
          expect(positionOn(axis, tick)).toBeLessThanOrEqual(1 + 1e-9)
        }
        for (const value of values) {
          if (!Number.isFinite(value) || Math.abs(value) > 1e299 || (log && value < 1e-290)) continue
          expect(positionOn(axis, value)).toBeGreaterThanOrEqual(-1e-6)
          expect(positionOn(axis, value)).toBeLessThanOrEqual(1 + 1e-6)
        }
      }),
    )
  })

  test.each([
    [[8, 500], false, 4, [0, 200, 400]],
    [[-1200, -150], false, 4, [-1000, -500, 0]],
    [[3, 3], false, 3, [2.8, 3, 3.2]],
    [[0.01, 10], true, 5, [0.01, 0.1, 1, 10]],
    [[0.4, 0.9], true, 4, [0.4, 0.5, 0.6, 0.8]],
    [[1e-12, 1e12], true, 4, [1e-7, 1, 1e7]],
    [[], false, 3, [0, 0.5, 1]],
  ])('%j, log %s, at most %i ticks: %j', (values, log, most, ticks) => {
    expect(axisFor(values, log, most).ticks).toEqual(ticks)
  })
})

describe('a chart', () => {
  test('has exactly its size, whatever it is given', () => {
    const style = fc.constantFrom('line' as const, 'dots' as const, 'steps' as const)
    const curve = fc.tuple(fc.array(any, { maxLength: 40 }), style)
    fc.assert(
      fc.property(
        fc.array(curve, { maxLength: 3 }),
        fc.record({
          width: fc.integer({ min: 0, max: 70 }),
          height: fc.integer({ min: 0, max: 14 }),
          log: fc.boolean(),
          steps: fc.boolean(),
        }),
        fc.tuple(any, any, any, any),
        (curves, size, [from, to, x, y]) => {
          const lines = chart({
            ...size,
            curves: curves.map(([values, style]) => ({ points: series(values), role: 'curve', style })),
            marks: [{ x, y, glyph: '◆', role: 'evaluation' }],
            limit: { y, role: 'goal' },
            cursor: { x, role: 'tau' },
            from,
            to,
          })
          expect(lines.length).toBe(size.height)
          for (const line of lines) expect([0, size.width]).toContain(lineCells(line))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('shows a rising line under a dotted limit, with ticks and steps', () => {
    const lines = chart({
      width: 36,
      height: 7,
      curves: [{ points: series(Array.from({ length: 100 }, (_, i) => 5 * i)), role: 'curve', style: 'line' }],
      limit: { y: 475, role: 'goal' },
      from: 0,
      to: 99,
      steps: true,
    })
    expect(lines.map((line) => paint(line, BARE_THEME).trimEnd())).toEqual(RISING)
  })

  test('keeps a threshold in steps above what it clips', () => {
    const above = { points: series([1, 1, 4, 4]), role: 'tau' as const, style: 'steps' as const }
    const below = { points: series([0.5, 0.5, 3, 3]), role: 'after' as const, style: 'line' as const }
    const rows = chart({ width: 12, height: 6, curves: [below, above], from: 0, to: 3 })
    const rowOf = (role: string, column: number) => rows.findIndex((row) => row[column]?.role === role)
    for (const column of [0, 11]) expect(rowOf('tau', column)).toBeLessThanOrEqual(rowOf('after', column) < 0 ? 6 : rowOf('after', column))
    expect(rowOf('tau', 11)).toBeLessThan(rowOf('tau', 0))
  })
})

const RISING = [
  '     │⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂ ⠂⣀⡢⠤⠒⠉',
  '     │                    ⣀⡠⠤⠒⠉',
  '  250┤               ⣀⡠⠤⠒⠉',
  '     │          ⣀⠤⠔⠒⠉',
  '     │     ⣀⠤⠔⠊⠉',
  '    0┤⣀⠤⠔⠊⠉',
  '      0             50      99 steps',
]
