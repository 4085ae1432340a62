/** Intervals as bars on one axis: `├──●──┤`, or `|--o--|` in plain ASCII. */
import type { Distribution } from '../summary.js'
import { formatNumber } from './format.js'

export interface BarRow {
  readonly name: string
  readonly distribution: Distribution | null
}

const UNICODE = { left: '├', line: '─', right: '┤', point: '●' }
const ASCII = { left: '|', line: '-', right: '|', point: 'o' }

/**
 * One line per rule, the point at the IQM; above them the axis with its ends. Empty when there is nothing to draw.
 * @param width characters a line may have, at least 40
 */
export function intervalBars(rows: readonly BarRow[], width: number, ascii: boolean): string[] {
  const drawn = rows.flatMap(({ name, distribution }) =>
    distribution === null ? [] : [{ name, ...ends(distribution), point: distribution.iqm }],
  )
  const low = Math.min(...drawn.map((row) => row.low))
  const high = Math.max(...drawn.map((row) => row.high))
  if (drawn.length === 0 || !(high > low)) return []
  const indent = Math.max(...drawn.map(({ name }) => [...name].length)) + 2
  const cells = Math.max(20, Math.min(width, 120) - indent)
  const at = (value: number) => Math.round(((value - low) / (high - low)) * (cells - 1))
  const glyphs = ascii ? ASCII : UNICODE
  const axis = formatNumber(low) + formatNumber(high).padStart(cells - formatNumber(low).length)
  return [
    ' '.repeat(indent) + axis,
    ...drawn.map(({ name, ...row }) => {
      const line = new Array<string>(cells).fill(' ')
      line.fill(glyphs.line, at(row.low), at(row.high) + 1)
      line[at(row.low)] = glyphs.left
      line[at(row.high)] = glyphs.right
      line[at(row.point)] = glyphs.point
      return (name + ' '.repeat(indent - [...name].length) + line.join('')).trimEnd()
    }),
  ]
}

/** A single run has no interval: it is its own. */
const ends = ({ interval, iqm }: Distribution) => interval ?? { low: iqm, high: iqm }
