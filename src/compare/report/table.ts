/**
 * Tables for a terminal or a pipe: aligned columns of plain text, no escape codes. When they do not fit, dispensable columns are left
 * out; what must stay is never cut, so that a pipe gets whole names and numbers.
 */
import { printable } from '../../record/printable.js'
import type { Column } from './columns.js'

const GAP = 2 // spaces between columns

/** @param width characters a line may have; Infinity for a pipe */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY): string[] {
  const laid = columns.map((column) => lay(column, rows))
  const kept = fitting(laid, width)
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    kept
      .map(({ cells }) => cells[line]!)
      .join(' '.repeat(GAP))
      .trimEnd(),
  )
}

interface Laid {
  /** The title, then one padded cell per row. */
  readonly cells: readonly string[]
  readonly width: number
  readonly dispensable: number
}

function lay<Row>({ title, align, cell, dispensable }: Column<Row>, rows: readonly Row[]): Laid {
  const texts = [title, ...rows.map((row) => printable(cell(row)))]
  const width = Math.max(...texts.map((text) => [...text].length))
  const pad = (text: string) => {
    const space = ' '.repeat(width - [...text].length)
    return align === 'right' ? space + text : text + space
  }
  return { cells: texts.map(pad), width, dispensable: dispensable ?? 0 }
}

function fitting(columns: readonly Laid[], width: number): readonly Laid[] {
  const total = columns.reduce((sum, column) => sum + column.width + GAP, -GAP)
  const first = Math.max(...columns.map((column) => column.dispensable))
  return total <= width || first === 0
    ? columns
    : fitting(
        columns.filter((column) => column.dispensable !== first),
        width,
      )
}
