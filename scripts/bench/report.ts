/** Results of the bench as text, and against an earlier run. */
import { type BenchEntry, type BenchNumber, type BenchResult, meets } from './entry.js'

/** What --json writes. */
export interface BenchFile {
  readonly format: 1
  readonly machine: Readonly<Record<string, string | number>>
  readonly results: Readonly<Record<string, BenchResult>>
}

export function resultText({ name, what }: BenchEntry, { unit, timings, numbers }: BenchResult): string {
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
  return `${lines.join('\n')}\n`
}

/** Every number that both runs have, with its change. */
export function comparisonText(before: BenchFile, now: BenchFile): string {
  const lines = [['  number', 'before', 'now', 'change']]
  for (const [entry, { numbers }] of Object.entries(now.results)) {
    for (const number of numbers) {
      const old = before.results[entry]?.numbers.find(({ name }) => name === number.name)
      if (old !== undefined) lines.push([`  ${entry}: ${number.name}`, valueText(old), valueText(number), change(old.value, number.value)])
    }
  }
  const other =
    before.machine['cpu'] === now.machine['cpu']
      ? []
      : [`the earlier run was on another machine (${before.machine['cpu']}): compare ratios only`]
  return `${['against the earlier run', ...aligned(lines), ...other].join('\n')}\n`
}

function change(before: number, now: number): string {
  if (before === 0) return now === 0 ? '0%' : '–'
  const percent = 100 * (now / before - 1)
  return `${percent > 0 ? '+' : ''}${percent.toFixed(0)}%`
}

function valueText({ value, unit }: BenchNumber): string {
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
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
}
