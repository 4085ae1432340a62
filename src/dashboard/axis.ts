/** Axes: the part of the numbers in sight, where the ticks stand, and where a value falls. Linear or logarithmic. */

export interface Axis {
  readonly log: boolean
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
}

/**
 * An axis around `values` (the non-finite, and on a logarithmic axis the not positive or below 1e-290, are left out) with at most `most` ticks.
 * A linear one begins at 0 when the values come near it.
 */
export function axisFor(values: Iterable<number>, log: boolean, most: number): Axis {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value < LEAST)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) [low, high] = log ? [0.1, 1] : [0, 1]
  return log ? logarithmic(low, high, Math.max(2, most)) : linear(low, high, Math.max(2, most))
}

/** 0 at the bottom, 1 at the top; outside for values out of sight; NaN where a logarithm has no value. */
export function positionOn({ log, low, high }: Axis, value: number): number {
  return log ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low)) : (value - low) / (high - low)
}

function linear(low: number, high: number, most: number): Axis {
  const size = Math.max(Math.abs(low), Math.abs(high))
  // Far beyond what a return or a norm can be; avoids overflow in the spacing.
  if (size > 1e300) return { log: false, low: -1e300, high: 1e300, ticks: [0] }
  const tiny = size < LEAST // as good as 0; dividing by it would overflow
  const flat = tiny || high - low <= 1e-9 * size
  const margin = flat ? (tiny ? 0.5 : 0.1 * size) : 0
  const from = !tiny && low >= 0 && low <= 0.3 * high ? 0 : low - margin
  const to = !tiny && high <= 0 && high >= 0.3 * low ? 0 : high + margin
  for (const step of spacings((to - from) / most)) {
    const first = Math.ceil(from / step - 1e-9)
    const last = Math.floor(to / step + 1e-9)
    if (last - first + 1 > most) continue
    return { log: false, low: from, high: to, ticks: Array.from({ length: last - first + 1 }, (_, i) => rounded((first + i) * step)) }
  }
  return { log: false, low: from, high: to, ticks: [] }
}

/** Ticks at 1, 2, 5 of each decade, at the decades alone, or at every n-th decade: the densest that fits. */
function logarithmic(low: number, high: number, most: number): Axis {
  const margin = Math.max(1.1, Math.exp(0.04 * (Math.log(high) - Math.log(low))))
  const from = low / margin
  const to = Math.min(high * margin, Number.MAX_VALUE)
  const first = Math.floor(Math.log10(from))
  const last = Math.ceil(Math.log10(to))
  const inside = (tick: number) => tick >= from && tick <= to
  for (const digits of [[1, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = []
    for (let decade = first; decade <= last && ticks.length <= most; decade++) {
      for (const digit of digits) if (inside(rounded(digit * 10 ** decade))) ticks.push(rounded(digit * 10 ** decade))
    }
    if (ticks.length <= most && ticks.length >= 2) return { log: true, low: from, high: to, ticks }
  }
  const every = Math.max(1, Math.ceil((last - first) / most))
  const ticks: number[] = []
  for (let decade = Math.ceil(first / every) * every; decade <= last; decade += every)
    if (inside(10 ** decade)) ticks.push(rounded(10 ** decade))
  return {
    log: true,
    low: from,
    high: to,
    ticks: ticks.length >= 1 && ticks.length <= most ? ticks : [rounded2(Math.sqrt(from) * Math.sqrt(to))],
  }
}

/** Of positive numbers, the least whose logarithm and quotients are safe from underflow. */
const LEAST = 1e-290

/** 1, 2, 2.5, 5 times powers of ten, from just below `least` upward. */
function* spacings(least: number): Generator<number> {
  const decade = Math.floor(Math.log10(Math.max(least, Number.MIN_VALUE)))
  for (let power = decade; power < decade + 4; power++) {
    for (const digit of [1, 2, 2.5, 5]) if (digit * 10 ** power >= 0.999 * least) yield digit * 10 ** power
  }
}

/** Without the last digits of float64 arithmetic: 0.30000000000000004 → 0.3. */
const rounded = (value: number): number => Number(value.toPrecision(12))
const rounded2 = (value: number): number => Number(value.toPrecision(2))
