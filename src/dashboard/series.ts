/**
 * A number over the run in bounded memory. When a series is full, neighbouring points merge in pairs and each later point gathers twice as
 * many values: the whole run stays in sight at a resolution that a terminal can show, and a push costs O(1) on average.
 */

/** `count` neighbouring values. */
export interface Point {
  /** Environment steps at the last of them. */
  readonly x: number
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly last: number
  readonly count: number
}

export interface Series {
  /** Values that a complete point gathers. */
  readonly stride: number
  readonly complete: readonly Point[]
  /** The point that is being gathered. */
  readonly open: Point | null
}

export const EMPTY_SERIES: Series = { stride: 1, complete: [], open: null }

/** Points kept: more than the dot columns of a very wide terminal. */
export const CAPACITY = 512

/** The series with one more value; a value that is not finite changes nothing. */
export function push(series: Series, x: number, value: number, capacity = CAPACITY): Series {
  if (!Number.isFinite(value) || !Number.isFinite(x)) return series
  const single: Point = { x, mean: value, low: value, high: value, last: value, count: 1 }
  const open = series.open === null ? single : merge(series.open, single)
  if (open.count < series.stride) return { ...series, open }
  const complete = [...series.complete, open]
  return complete.length < capacity ? { ...series, complete, open: null } : { stride: 2 * series.stride, ...halved(complete) }
}

/** All points in order of arrival, the open one included. */
export const points = ({ complete, open }: Series): readonly Point[] => (open === null ? complete : [...complete, open])

export const isEmpty = ({ complete, open }: Series): boolean => complete.length === 0 && open === null

/** The newest value, or null. */
export const lastOf = ({ complete, open }: Series): number | null => (open ?? complete.at(-1))?.last ?? null

/** The first value ever pushed, or what its point remembers of it. */
export const firstOf = ({ complete, open }: Series): number | null => (complete[0] ?? open)?.mean ?? null

/**
 * Exponential smoothing of the means as TensorBoard does it: `weight` 0 changes nothing, 0.99 keeps only the trend.
 * Divided by 1 − weight^n, so that the curve does not start at zero.
 */
export function smoothed(all: readonly Point[], weight: number): readonly Point[] {
  if (weight <= 0) return all
  let sum = 0
  let scale = 1
  return all.map((point) => {
    sum = weight * sum + (1 - weight) * point.mean
    scale *= weight
    return { ...point, mean: sum / (1 - scale) }
  })
}

function halved(all: readonly Point[]): Pick<Series, 'complete' | 'open'> {
  const complete: Point[] = []
  for (let i = 0; i + 1 < all.length; i += 2) complete.push(merge(all[i]!, all[i + 1]!))
  return { complete, open: all.length % 2 === 1 ? all.at(-1)! : null }
}

function merge(a: Point, b: Point): Point {
  const count = a.count + b.count
  return {
    x: b.x,
    mean: a.mean * (a.count / count) + b.mean * (b.count / count),
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    last: b.last,
    count,
  }
}
