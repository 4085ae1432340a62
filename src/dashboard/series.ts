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
  /** The first `size` of these are the series' own; a later series may have put more behind them (see `push`). */
  readonly complete: readonly Point[]
  readonly size: number
  /** The point that is being gathered. */
  readonly open: Point | null
}

export const EMPTY_SERIES: Series = { stride: 1, complete: [], size: 0, open: null }

/** Points kept: more than the dot columns of a very wide terminal. */
const CAPACITY = 512

/** The series with one more value; a value that is not finite changes nothing. */
export function push(series: Series, x: number, value: number, capacity = CAPACITY): Series {
  if (!Number.isFinite(value) || !Number.isFinite(x)) return series
  const single: Point = { x, mean: value, low: value, high: value, last: value, count: 1 }
  const open = series.open === null ? single : merge(series.open, single)
  if (open.count < series.stride) return { ...series, open }
  const complete = appended(series, open)
  const size = series.size + 1
  return size < capacity ? { stride: series.stride, complete, size, open: null } : halved(complete, size, 2 * series.stride)
}

/**
 * The complete points and one more. Series of the same run share one array: only the first to go on from a series appends to it in place,
 * which the series before cannot see behind its `size`; any other gets a copy. A run's thousands of pushes need not copy 512 points each.
 */
function appended({ complete, size }: Series, point: Point): readonly Point[] {
  if (size === 0 || complete.length !== size) return [...complete.slice(0, size), point]
  ;(complete as Point[]).push(point)
  return complete
}

/** All points in order of arrival, the open one included. */
export const points = ({ complete, size, open }: Series): readonly Point[] =>
  open === null ? complete.slice(0, size) : [...complete.slice(0, size), open]

export const isEmpty = ({ size, open }: Series): boolean => size === 0 && open === null

/** The newest value, or null. */
export const lastOf = ({ complete, size, open }: Series): number | null => (open ?? complete[size - 1])?.last ?? null

/** The first value ever pushed, or what its point remembers of it. */
export const firstOf = ({ complete, size, open }: Series): number | null => (size > 0 ? complete[0] : open)?.mean ?? null

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

function halved(all: readonly Point[], size: number, stride: number): Series {
  const complete: Point[] = []
  for (let i = 0; i + 1 < size; i += 2) complete.push(merge(all[i]!, all[i + 1]!))
  return { stride, complete, size: complete.length, open: size % 2 === 1 ? all[size - 1]! : null }
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
