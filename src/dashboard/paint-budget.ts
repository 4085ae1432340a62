/**
 * When to paint: with a shortest interval, and never so often that painting takes more than its share of the time. Training runs in the same
 * thread, so every millisecond here is one less there.
 * Credit grows with time at the rate `share` and is spent by painting; a paint is due when the credit covers what one costs.
 * A small reserve lets the first frames, slow until the code is warm, follow each other.
 */

export interface PaintBudget {
  due(now: number): boolean
  /** A paint ran from `start` to `end`. */
  spent(start: number, end: number): void
  /** Milliseconds until a paint may be due, as far as can be said. */
  wait(now: number): number
  /** Mean cost of a paint, milliseconds; and of all paints together. */
  readonly cost: () => number
  readonly total: () => number
}

const RESERVE = 60 // ms of painting

/**
 * Times in milliseconds.
 * @param share of the wall time that painting may take, above 0
 * @param interval at least between the starts of two paints
 */
export function paintBudget(share: number, startedAt: number, interval = 100): PaintBudget {
  let credit = RESERVE
  let countedAt = startedAt
  let paintedAt = Number.NEGATIVE_INFINITY
  let cost = 0
  let total = 0
  const count = (now: number): void => {
    credit = Math.min(RESERVE, credit + share * Math.max(0, now - countedAt))
    countedAt = now
  }
  const wait = (now: number): number => {
    count(now)
    return Math.max(0, paintedAt + interval - now, (Math.min(cost, RESERVE) - credit) / share)
  }
  return {
    due: (now) => wait(now) <= 0,
    spent: (start, end) => {
      const spent = Math.max(0, end - start)
      count(end)
      credit -= spent
      paintedAt = start
      cost = total === 0 ? spent : 0.8 * cost + 0.2 * spent
      total += spent
    },
    wait,
    cost: () => cost,
    total: () => total,
  }
}
