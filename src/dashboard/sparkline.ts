/** A series as one row of bars, one per cell, from the lowest to the highest value in sight. */
import type { Point } from './series.js'
import { LEVELS } from './theme.js'

/** At most `width` cells; a constant series lies at the bottom. */
export function sparkline(points: readonly Point[], width: number): string {
  if (width < 1 || points.length === 0) return ''
  const values = resampled(points, Math.min(width, points.length))
  const low = Math.min(...values)
  const high = Math.max(...values)
  if (!(high > low)) return LEVELS[0]!.repeat(values.length)
  const scale = 1 / (high / 2 - low / 2) / 2 // halved: the difference of two huge numbers overflows
  return values.map((value) => LEVELS[Math.min(7, Math.max(0, Math.floor((value - low) * scale * 8)))]!).join('')
}

/** Means over `cells` stretches of equally many points. */
function resampled(points: readonly Point[], cells: number): readonly number[] {
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * points.length) / cells)
    const to = Math.max(from + 1, Math.floor(((cell + 1) * points.length) / cells))
    let sum = 0
    for (let i = from; i < to; i++) sum += points[i]!.mean / (to - from)
    return sum
  })
}
