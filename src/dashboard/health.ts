/**
 * What a number means for the health of the learning, as a word beside it: a colour alone would leave out whoever cannot see it.
 * The bands are habits of practice, not laws: approximate KL is kept near 0.01 to 0.02 by most PPO settings (Spinning Up and
 * Stable-Baselines3 stop at 1.5 × 0.01 to 0.05), a clip fraction of 0.1 to 0.3 is usual, an explained variance below 0 is worse than a
 * constant.
 */
import type { Role } from './theme.js'

export interface Verdict {
  readonly word: string
  readonly role: Role
}

const NOTHING: Verdict = { word: '', role: 'plain' }
const ok = (word: string): Verdict => ({ word, role: 'good' })
const warn = (word: string): Verdict => ({ word, role: 'warn' })
const bad = (word: string): Verdict => ({ word, role: 'bad' })

/** The word for the newest `value` of a metric; `first` is its value at the start of the run. Empty for metrics without a healthy band. */
export function verdict(metric: string, value: number | null, first: number | null = null): Verdict {
  if (value === null) return NOTHING
  switch (metric) {
    case 'train/approx_kl':
      return value > 0.1 ? bad('very high') : value > 0.03 ? warn('high') : ok('ok')
    case 'train/clip_fraction':
      return value > 0.5 ? bad('very high') : value > 0.3 ? warn('high') : ok('ok')
    case 'train/explained_variance':
      return value < 0 ? bad('negative') : value < 0.3 ? warn('low') : value < 0.8 ? ok('fair') : ok('good')
    case 'train/entropy_loss':
      // Minus the entropy, near zero when the policy no longer explores; only a discrete policy's entropy has this floor.
      return first !== null && first < 0 && value > 0.05 * first ? warn('very low') : NOTHING
    case 'grad/clip_rate':
      return value > 0.95 ? warn('nearly all') : NOTHING
    case 'grad/skipped':
      return value > 0 ? bad('not finite') : ok('none')
    default:
      return NOTHING
  }
}
