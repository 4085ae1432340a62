/**
 * A run of the bench against earlier ones: which numbers became worse by more than noise. Only ratios are judged, because speeds and sizes
 * depend on the machine and on what else it does. How large noise is, repetitions tell. The rounds of a run: the error of a median of n rounds
 * is about 1.25 σ / √n (a normal distribution's), with σ from the median absolute deviation so that one disturbed round does not hide a
 * regression. Several earlier runs of the same code: the deviation of their values, which is often larger, since each process lays out its
 * memory and compiles its loops anew. A change counts beyond three such errors, and never below FLOOR.
 */
import type { BenchNumber } from './entry.js'
import { aligned, type BenchFile, valueText } from './report.js'

const FLOOR = 0.1 // least relative change that counts: what equal runs of most entries stay within
const UNKNOWN = 0.2 // the same for numbers that were not measured in rounds
const ERRORS = 3

export interface Change {
  readonly entry: string
  readonly name: string
  /** Of several earlier runs the one with the middle value. */
  readonly before: BenchNumber
  readonly now: BenchNumber
  /** now / before − 1; NaN where before is 0. */
  readonly relative: number
  /** Largest relative change that may be noise; null where the number is not judged. */
  readonly noise: number | null
  readonly verdict: 'better' | 'worse' | 'same' | null
}

/** Every number that this run and an earlier one have. @param earlier one run, or several of the same code */
export function changes(earlier: readonly BenchFile[], now: BenchFile): Change[] {
  return Object.entries(now.results).flatMap(([entry, { numbers }]) =>
    numbers.flatMap((number) => {
      const same = ({ name, unit }: BenchNumber) => name === number.name && unit === number.unit
      const before = earlier.flatMap(({ results }) => results[entry]?.numbers.find(same) ?? [])
      return before.length === 0 ? [] : [changeOf(entry, before, number)]
    }),
  )
}

export const regressions = (all: readonly Change[]): Change[] => all.filter(({ verdict }) => verdict === 'worse')

/** @param earlier as for `changes`, at least one */
export function comparisonText(earlier: readonly BenchFile[], now: BenchFile): string {
  const all = changes(earlier, now)
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
  const title = earlier.length === 1 ? 'against the earlier run' : `against the middle of ${earlier.length} earlier runs`
  const sum = worse.length === 0 ? 'no ratio became worse by more than noise' : `${worse.length} became worse by more than noise`
  return `${[title, ...table, sum, ...machinesApart(earlier[0]!.machine, now.machine)].join('\n')}\n`
}

function changeOf(entry: string, runs: readonly BenchNumber[], now: BenchNumber): Change {
  const before = runs.toSorted((a, b) => a.value - b.value)[runs.length >> 1]!
  const relative = now.value / before.value - 1
  const common = { entry, name: now.name, before, now, relative }
  const [old, fresh] = [factor(before.value, before.unit), factor(now.value, now.unit)]
  if (old === null || fresh === null) return { ...common, noise: null, verdict: null }
  const gain = Math.log(fresh / old) * (lowerIsBetter(now) ? -1 : 1)
  const noise = noiseBand(runs, now)
  return { ...common, noise, verdict: gain > Math.log1p(noise) ? 'better' : gain < -Math.log1p(noise) ? 'worse' : 'same' }
}

/** Largest relative change of a ratio that may be noise. @param before its value in each earlier run */
export function noiseBand(before: readonly BenchNumber[], now: BenchNumber): number {
  const rounds = [...before, now].map(({ rounds, unit }) => errorOfMedian((rounds ?? []).map((value) => factor(value, unit))))
  const between = deviation(before.map(({ value, unit }) => factor(value, unit)))
  if (between === null && rounds.includes(null)) return UNKNOWN
  const within = Math.hypot(Math.max(...rounds.slice(0, -1).map(Number)), Number(rounds.at(-1)))
  return Math.max(FLOOR, Math.expm1(ERRORS * Math.max(within, between ?? 0)))
}

/** Of the logarithms, to be expected between one more and their middle; null for fewer than two. */
function deviation(factors: readonly (number | null)[]): number | null {
  if (factors.length < 2 || factors.includes(null)) return null
  const logs = factors.map((value) => Math.log(value!))
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1)
  return Math.sqrt(variance * (1 + 1 / logs.length))
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
