import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BrailleGrid, brailleGrid } from '../../../envs/canvas/braille-grid.js'

const text = (grid: BrailleGrid<string>) => grid.lines().map((line) => line.map((run) => run.text).join(''))

describe('brailleGrid', () => {
  test('each of the eight dots of a cell is its own bit', () => {
    const glyphs = [0, 1, 2, 3].flatMap((y) =>
      [0, 1].map((x) => {
        const grid = brailleGrid<string>(1, 1)
        grid.dot(x, y, 'a')
        return grid.cell(0, 0).glyph
      }),
    )
    expect(glyphs).toEqual(['⠁', '⠈', '⠂', '⠐', '⠄', '⠠', '⡀', '⢀'])
  })

  test('whatever is drawn, every line is as wide as the grid', () => {
    const number = fc.oneof(fc.double({ min: -50, max: 50 }), fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e300, -1e300))
    fc.assert(
      fc.property(fc.nat({ max: 12 }), fc.nat({ max: 6 }), fc.array(fc.tuple(number, number, number, number)), (columns, rows, lines) => {
        const grid = brailleGrid<string>(columns, rows)
        for (const [x1, y1, x2, y2] of lines) {
          grid.line(x1, y1, x2, y2, 'a')
          grid.dot(x1, y1, 'b')
          grid.text(Math.round(x2), Math.round(y2), 'label', 'c')
        }
        expect(text(grid).map((line) => line.length)).toEqual(new Array(rows).fill(columns))
      }),
    )
  })

  test('a line holds both its ends and has no gap', () => {
    fc.assert(
      fc.property(fc.nat({ max: 39 }), fc.nat({ max: 39 }), fc.nat({ max: 39 }), fc.nat({ max: 39 }), (x1, y1, x2, y2) => {
        const grid = brailleGrid<string>(20, 10)
        grid.line(x1, y1, x2, y2, 'a')
        const dots = text(grid).join('').replaceAll(' ', '\u2800')
        const lit = [...dots].reduce((sum, glyph) => sum + bitCount(glyph.codePointAt(0)! - 0x2800), 0)
        expect(lit).toBe(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1)) + 1)
        for (const [x, y] of [
          [x1, y1],
          [x2, y2],
        ] as const) {
          const cell = grid.cell(x >> 1, y >> 2).glyph
          grid.dot(x, y, 'a')
          expect(grid.cell(x >> 1, y >> 2).glyph).toBe(cell) // it was lit already
        }
      }),
    )
  })

  test('a line from far outside shows only where it crosses the grid', () => {
    const grid = brailleGrid<string>(3, 1)
    grid.line(-1e9, 1, 1e9, 1, 'a')
    expect(text(grid)).toEqual(['⠒⠒⠒'])
    grid.clear()
    grid.line(-5, -5, -1, 20, 'a')
    expect(text(grid)).toEqual(['   '])
  })

  test('a cell has the ink of what came last, and runs join cells of one ink', () => {
    const grid = brailleGrid<string>(4, 1)
    grid.dot(0, 0, 'red')
    grid.dot(1, 3, 'blue')
    grid.dot(2, 0, 'blue')
    grid.text(3, 0, 'xyz', 'green') // cut off at the edge
    expect(grid.lines()).toEqual([
      [
        { text: '⢁⠁', ink: 'blue' },
        { text: ' ', ink: null },
        { text: 'x', ink: 'green' },
      ],
    ])
  })

  test.each([-1, 1.5, Number.NaN])('refuses a size of %s', (size) => {
    expect(() => brailleGrid(size, 2)).toThrow(`brailleGrid: columns must be a whole number of at least 0, got ${size}`)
  })
})

const bitCount = (bits: number) => bits.toString(2).replaceAll('0', '').length
