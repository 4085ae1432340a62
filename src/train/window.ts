/** The last 100 finished episodes: what `rollout/ep_rew_mean` averages, and what `--stop-return` looks at. */
import type { Json } from '../core/json.js'

const SIZE = 100 // episodes, as Stable-Baselines3

export interface EpisodeWindow {
  add(episodeReturn: number, length: number): void
  readonly full: boolean
  /** Null before the first episode. */
  meanReturn(): number | null
  meanLength(): number | null
  save(): Json
  load(saved: Json): void
}

export function episodeWindow(): EpisodeWindow {
  let returns: number[] = []
  let lengths: number[] = []
  return {
    add(episodeReturn, length) {
      returns = [...returns.slice(1 - SIZE), episodeReturn]
      lengths = [...lengths.slice(1 - SIZE), length]
    },
    get full() {
      return returns.length === SIZE
    },
    meanReturn: () => mean(returns),
    meanLength: () => mean(lengths),
    save: () => ({ returns, lengths }),
    load(saved) {
      const { returns: r, lengths: l } = saved as { returns: number[]; lengths: number[] }
      returns = [...r]
      lengths = [...l]
    },
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
