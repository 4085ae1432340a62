/** Checks at the border: each returns the value it was given or throws a RangeError that names where, the bound and the value. */

export interface Bounds {
  readonly above?: number
  readonly atLeast?: number
  readonly below?: number
  readonly atMost?: number
}

/** A finite number inside `bounds`. `where` names the option: 'percentile: p'. */
export function within(where: string, value: number, bounds: Bounds): number {
  const ok =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (bounds.above === undefined || value > bounds.above) &&
    (bounds.atLeast === undefined || value >= bounds.atLeast) &&
    (bounds.below === undefined || value < bounds.below) &&
    (bounds.atMost === undefined || value <= bounds.atMost)
  if (!ok) throw new RangeError(`${where} must be ${describe(bounds)}, got ${value}`)
  return value
}

export const positive = (where: string, value: number): number => within(where, value, { above: 0 })

export function positiveInteger(where: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${where} must be a whole number of at least 1, got ${value}`)
  return value
}

function describe({ above, atLeast, below, atMost }: Bounds): string {
  const parts: string[] = []
  if (above !== undefined) parts.push(`above ${above}`)
  if (atLeast !== undefined) parts.push(`at least ${atLeast}`)
  if (below !== undefined) parts.push(`below ${below}`)
  if (atMost !== undefined) parts.push(`at most ${atMost}`)
  return parts.length === 0 ? 'a finite number' : parts.join(' and ')
}
