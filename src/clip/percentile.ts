/**
 * Percentile of recent norms: τ is the p-th percentile of the last `window` norms, by linear interpolation (NumPy's default).
 *
 * Source: Seetharaman et al. 2020, "AutoClip" (arXiv:2007.14469), which keeps every norm, counts the current one and uses p = 10; that is
 * `percentile(10, { window: null })`. We forget by default: in reinforcement learning norms drift as the policy sharpens, and old ones
 * mislead. With `counts: 'previous'` the current norm is not judged by itself, and there is no limit before the window is full.
 * A percentile of 0 would stop a parameter for good, so zeros are passed over where nothing else is left.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'
import { at, below, count, inserted, removed, type SortedRuns } from './sorted-runs.js'

export const PERCENTILE = {
  p: { kind: 'number', above: 0, atMost: 100, default: 90, help: 'percentile; 10 clips nine steps in ten, 90 one in ten' },
  window: { kind: 'number', whole: true, atLeast: 1, orNull: 'all, for ever', default: 1000, help: 'norms that count' },
  counts: { kind: 'choice', values: ['current', 'previous'], default: 'current', help: 'whether the current norm is one of them' },
  max: { kind: 'number', above: 0, orNull: 'none', default: null, help: 'upper bound of τ' },
} as const satisfies OptionTable

export type PercentileOptions = Partial<Omit<Options<typeof PERCENTILE>, 'p'>>

type PercentileState = {
  /** In order of size, to read a percentile. */
  readonly sorted: SortedRuns
  /** In order of arrival, to forget the oldest: a ring that begins at `oldest`, in pieces. Empty when nothing is forgotten. */
  readonly recent: readonly (readonly number[])[]
  readonly oldest: number
}

/**
 * @param p in (0, 100]
 * @throws RangeError when p or an option is out of range
 */
export function percentile(p: number = PERCENTILE.p.default, options: PercentileOptions = {}): ClipRule<PercentileState> {
  const o = readOptions('percentile', PERCENTILE, { p, ...options })
  const cap = o.max ?? Number.POSITIVE_INFINITY
  const current = o.counts === 'current'
  /** Norms kept between steps. */
  const capacity = o.window === null ? Number.POSITIVE_INFINITY : current ? o.window - 1 : o.window

  return {
    name: `percentile(${p})`,
    config: { name: 'percentile', ...o },
    needs: [],
    ...(!current && { dependsOn: 'past' }),
    init: () => ({ sorted: [], recent: [], oldest: 0 }),
    threshold({ sorted, recent }, { norm }) {
      if (current) return Math.min(valueAt(sorted, norm, p), cap)
      const full = o.window === null ? sorted.length > 0 : held(recent) === capacity
      return full ? Math.min(valueAt(sorted, null, p), cap) : cap
    },
    observe({ sorted, recent, oldest }, { norm }) {
      if (o.window === null) return { sorted: inserted(sorted, norm), recent, oldest }
      if (capacity === 0) return { sorted, recent, oldest }
      const count = held(recent)
      if (count < capacity) return { sorted: inserted(sorted, norm), recent: put(recent, count, norm), oldest }
      const forgotten = recent[Math.floor(oldest / PIECE)]![oldest % PIECE]!
      return { sorted: inserted(removed(sorted, forgotten), norm), recent: put(recent, oldest, norm), oldest: (oldest + 1) % capacity }
    },
  }
}

const PIECE = 32 // norms; a step copies one piece and the list of pieces: near the root of the usual window

const held = (recent: PercentileState['recent']): number => (recent.length === 0 ? 0 : (recent.length - 1) * PIECE + recent.at(-1)!.length)

function put(recent: PercentileState['recent'], place: number, norm: number): PercentileState['recent'] {
  const pieces = recent.slice()
  const at = Math.floor(place / PIECE)
  const piece = recent[at]?.slice() ?? []
  piece[place % PIECE] = norm
  pieces[at] = piece
  return pieces
}

/** The p-th percentile of `sorted` and, unless null, `extra`; of the positive ones where it would be 0; Infinity where there is none. */
function valueAt(sorted: SortedRuns, extra: number | null, p: number): number {
  const held = count(sorted)
  const place = extra === null ? held : below(sorted, extra) // extra's rank among all
  const total = extra === null ? held : held + 1
  const ranked = (rank: number): number =>
    rank < place || extra === null ? at(sorted, rank) : rank === place ? extra : at(sorted, rank - 1)
  const interpolate = (from: number): number => {
    const rank = from + (p / 100) * (total - 1 - from)
    const low = Math.floor(rank)
    return ranked(low) + (rank - low) * (ranked(Math.min(low + 1, total - 1)) - ranked(low))
  }
  const value = interpolate(0)
  if (value > 0) return value
  const zeros = below(sorted, Number.MIN_VALUE) + (extra === 0 ? 1 : 0)
  return zeros < total ? interpolate(zeros) : Number.POSITIVE_INFINITY
}
