/**
 * A grid of dots, 2 wide and 4 high in every character cell, for drawings and charts in a terminal. x grows to the right and y downward,
 * from the upper left dot (0, 0). A cell has one ink, that of whatever was drawn there last; text replaces the dots under it.
 *
 * Source: Unicode's braille patterns, U+2800 plus one bit for each dot.
 */

export interface BrailleCell<I> {
  /** One character; a space where nothing was drawn. */
  readonly glyph: string
  readonly ink: I | null
}

/** Neighbouring cells of one ink. */
export interface BrailleRun<I> {
  readonly text: string
  readonly ink: I | null
}

export interface BrailleGrid<I> {
  readonly columns: number
  readonly rows: number
  /** Dots: 2 · columns. */
  readonly width: number
  /** Dots: 4 · rows. */
  readonly height: number
  /** Dots outside the grid are nobody's; fractions are rounded down. */
  dot(x: number, y: number, ink: I): void
  /** Both ends included; the part outside the grid is cut off. */
  line(x1: number, y1: number, x2: number, y2: number, ink: I): void
  /** Characters from a cell on, to the right. */
  text(column: number, row: number, text: string, ink: I): void
  cell(column: number, row: number): BrailleCell<I>
  /** Row by row; the texts of a row together are `columns` characters. */
  lines(): BrailleRun<I>[][]
  clear(): void
}

/** Bits of the dots of a cell, by row and column. */
const BITS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

/** @throws RangeError unless both are whole numbers of at least 0 */
export function brailleGrid<I>(columns: number, rows: number): BrailleGrid<I> {
  for (const [name, size] of Object.entries({ columns, rows })) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new RangeError(`brailleGrid: ${name} must be a whole number of at least 0, got ${size}`)
  }
  const width = 2 * columns
  const height = 4 * rows
  const bits = new Uint8Array(columns * rows)
  const inks = new Array<I | null>(columns * rows).fill(null)
  const letters = new Array<string | null>(columns * rows).fill(null)

  const dot = (x: number, y: number, ink: I) => {
    if (!(x >= 0 && y >= 0 && x < width && y < height)) return
    const at = (y >> 2) * columns + (x >> 1)
    bits[at]! |= BITS[(y & 3) * 2 + (x & 1)]!
    inks[at] = ink
  }

  const cell = (column: number, row: number): BrailleCell<I> => {
    const at = row * columns + column
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) return { glyph: ' ', ink: null }
    return { glyph: letters[at] ?? (bits[at] === 0 ? ' ' : String.fromCharCode(0x2800 + bits[at]!)), ink: inks[at]! }
  }

  return {
    columns,
    rows,
    width,
    height,
    dot,
    line: (x1, y1, x2, y2, ink) => {
      const part = inside(x1, y1, x2, y2, width - 1, height - 1)
      if (part === null) return
      const [fromX, fromY, toX, toY] = part
      const steps = Math.max(Math.ceil(Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY))), 1)
      for (let i = 0; i <= steps; i++) {
        dot(Math.round(fromX + ((toX - fromX) * i) / steps), Math.round(fromY + ((toY - fromY) * i) / steps), ink)
      }
    },
    text: (column, row, text, ink) => {
      let at = column
      for (const letter of text) {
        if (at >= 0 && at < columns && row >= 0 && row < rows) {
          letters[row * columns + at] = letter
          inks[row * columns + at] = ink
        }
        at++
      }
    },
    cell,
    lines: () => Array.from({ length: rows }, (_, row) => runs(Array.from({ length: columns }, (_, column) => cell(column, row)))),
    clear: () => {
      bits.fill(0)
      inks.fill(null)
      letters.fill(null)
    },
  }
}

function runs<I>(cells: readonly BrailleCell<I>[]): BrailleRun<I>[] {
  const found: { text: string; ink: I | null }[] = []
  for (const { glyph, ink } of cells) {
    const last = found.at(-1)
    if (last !== undefined && last.ink === ink) last.text += glyph
    else found.push({ text: glyph, ink })
  }
  return found
}

/** The part of a line within [0, right] × [0, bottom], with half a dot to spare, or null (Liang & Barsky 1984). */
function inside(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  right: number,
  bottom: number,
): readonly [number, number, number, number] | null {
  if (![x1, y1, x2, y2].every(Number.isFinite)) return null
  const [dx, dy] = [x2 - x1, y2 - y1]
  let [enter, leave] = [0, 1]
  for (const [step, room] of [
    [-dx, x1 + 0.5],
    [dx, right + 0.5 - x1],
    [-dy, y1 + 0.5],
    [dy, bottom + 0.5 - y1],
  ] as const) {
    if (step === 0 && room < 0) return null
    if (step < 0) enter = Math.max(enter, room / step)
    if (step > 0) leave = Math.min(leave, room / step)
  }
  return enter > leave ? null : [x1 + enter * dx, y1 + enter * dy, x1 + leave * dx, y1 + leave * dy]
}
