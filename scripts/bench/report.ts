/** Results of the bench as text. */
import { type BenchEntry, type BenchNumber, type BenchResult, meets } from './entry.js'

/** What --json writes. */
export interface BenchFile {
  readonly format: 1
  readonly machine: Readonly<Record<string, string | number>>
  readonly results: Readonly<Record<string, BenchResult>>
}

export function resultText({ name, what }: BenchEntry, { unit, timings, numbers, notes = [] }: BenchResult): string {
  const lines = [`${name}: ${what}`]
  if (timings.length > 0) {
    lines.push(
      ...aligned([
        [`  per ${unit}`, 'CPU', 'quartiles', 'wall'],
        ...timings.map(({ variant, cpuMs, low, high, wallMs }) => [
          `  ${variant}`,
          duration(cpuMs),
          `${duration(low)} to ${duration(high)}`,
          duration(wallMs),
        ]),
      ]),
    )
  }
  lines.push(...aligned(numbers.map((number) => [`  ${number.name}`, valueText(number), targetText(number)])))
  lines.push(...notes.map((note) => `  ${note}`))
  return `${lines.join('\n')}\n`
}

export function valueText({ value, unit }: BenchNumber): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })} ${unit}`.trim()
}

function targetText(number: BenchNumber): string {
  const met = meets(number)
  if (met === null) return ''
  const { atLeast, atMost } = number.target!
  return `${met ? 'meets' : 'MISSES'} ${atLeast !== undefined ? `at least ${atLeast}` : `at most ${atMost}`}`
}

function duration(ms: number): string {
  if (ms >= 1) return `${ms.toFixed(2)} ms`
  return ms >= 1e-3 ? `${(1e3 * ms).toFixed(2)} µs` : `${(1e6 * ms).toFixed(1)} ns`
}

/** First column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
}

/** Lists of numbers stand on one line each. */
export const asJson = (file: BenchFile): string =>
  `${JSON.stringify(file, null, 2).replace(/\[[-\d.e+,\s]+\]/g, (list) => list.replace(/\s+/g, ' '))}\n`
