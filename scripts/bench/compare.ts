/**
 * Two runs of the bench against each other: which numbers became worse by more than noise. Only ratios are judged, because speeds and sizes
 * depend on the machine and on what else it does. How large noise is, the rounds of both runs tell: the error of a median of n rounds is
 * about 1.25 σ / √n (a normal distribution's), with σ from the median absolute deviation so that one disturbed round does not hide a
 * regression. A change counts beyond three such errors of the difference, and never below FLOOR, since two runs differ by more than the
 * rounds of one (other addresses, other decisions of the compiler).
 */
import type { BenchNumber } from './entry.js'
import { aligned, type BenchFile, valueText } from './report.js'

const FLOOR = 0.05 // least relative change that counts
const UNKNOWN = 0.2 // the same for numbers that were not measured in rounds
const ERRORS = 3

export interface Change {
  readonly entry: string
  readonly name: string
  readonly before: BenchNumber
  readonly now: BenchNumber
  /** now / before − 1; NaN where before is 0. */
  readonly relative: number
  /** Largest relative change that may be noise; null where the number is not judged. */
  readonly noise: number | null
  readonly verdict: 'better' | 'worse' | 'same' | null
}

/** Every number that both runs have. */
export function changes(before: BenchFile, now: BenchFile): Change[] {
  return Object.entries(now.results).flatMap(([entry, { numbers }]) =>
    numbers.flatMap((number) => {
      const old = before.results[entry]?.numbers.find(({ name, unit }) => name === number.name && unit === number.unit)
      return old === undefined ? [] : [changeOf(entry, old, number)]
    }),
  )
}

export const regressions = (all: readonly Change[]): Change[] => all.filter(({ verdict }) => verdict === 'worse')

export function comparisonText(before: BenchFile, now: BenchFile): string {
  const all = changes(before, now)
  const rows = all.map(({ entry, name, before, now, relative, noise, verdict }) => [
    `  ${entry}: ${name}`,
    valueText(before),
    valueText(now),
    percent(relative),
    noise === null ? '' : `±${(100 * noise).toFixed(0)}%`,
    verdict === 'worse' ? 'WORSE' : verdict === 'better' ? 'better' : '',
  ])
  const table = aligned([['  number', 'before', 'now', 'change', 'noise', ''], ...rows])
  const worse = regressions(all)
  const sum = worse.length === 0 ? 'no ratio became worse by more than noise' : `${worse.length} became worse by more than noise`
  return `${['against the earlier run', ...table, sum, ...machinesApart(before.machine, now.machine)].join('\n')}\n`
}

function changeOf(entry: string, before: BenchNumber, now: BenchNumber): Change {
  const relative = now.value / before.value - 1
  const common = { entry, name: now.name, before, now, relative }
  const [old, fresh] = [factor(before.value, before.unit), factor(now.value, now.unit)]
  if (old === null || fresh === null) return { ...common, noise: null, verdict: null }
  const gain = Math.log(fresh / old) * (lowerIsBetter(now) ? -1 : 1)
  const noise = noiseBand(before, now)
  return { ...common, noise, verdict: gain > Math.log1p(noise) ? 'better' : gain < -Math.log1p(noise) ? 'worse' : 'same' }
}

/** Largest relative change between two measurements of a ratio that may be noise. */
export function noiseBand(before: BenchNumber, now: BenchNumber): number {
  const errors = [before, now].map(({ rounds, unit }) => errorOfMedian((rounds ?? []).map((value) => factor(value, unit))))
  if (errors.includes(null)) return UNKNOWN
  return Math.max(FLOOR, Math.expm1(ERRORS * Math.hypot(...(errors as number[]))))
}

/** Standard error of the median of logarithms; null for fewer than three rounds. */
function errorOfMedian(factors: readonly (number | null)[]): number | null {
  if (factors.length < 3 || factors.includes(null)) return null
  const logs = factors.map((value) => Math.log(value!))
  const centre = median(logs)
  const sigma = 1.4826 * median(logs.map((value) => Math.abs(value - centre)))
  const fewRounds = 1 + 1.5 / logs.length // the median absolute deviation of few numbers is too small
  return (1.2533 * sigma * fewRounds) / Math.sqrt(logs.length)
}

/** A ratio as a factor above 0: costs in per cent as 1 + the cost, so that 2 % and 3 % lie 1 % apart. Null for what is not judged. */
function factor(value: number, unit: string): number | null {
  const judged = unit === 'x' ? value : unit === '%' ? 1 + value / 100 : Number.NaN
  return judged > 0 && Number.isFinite(judged) ? judged : null
}

/** Costs are promised at most. A cost in per cent without a promise is still a cost. */
const lowerIsBetter = ({ target, unit }: BenchNumber): boolean =>
  target === undefined ? unit === '%' : target.atMost !== undefined && target.atLeast === undefined

function machinesApart(before: BenchFile['machine'], now: BenchFile['machine']): string[] {
  if (before['cpu'] !== now['cpu']) return [`the earlier run was on another machine (${before['cpu']}): compare ratios only`]
  const apart = Object.keys(now).filter((fact) => fact !== 'commit' && Object.hasOwn(before, fact) && before[fact] !== now[fact])
  return apart.map((fact) => `the earlier run had another ${fact}: ${before[fact]}, now ${now[fact]}`)
}

function percent(relative: number): string {
  if (!Number.isFinite(relative)) return '–'
  return `${relative > 0 ? '+' : ''}${(100 * relative).toFixed(0)}%`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
