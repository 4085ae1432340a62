/**
 * Lowers the learning rate when a number stops getting better: a pure state machine, the caller reports the number and uses the scale.
 *
 * As PyTorch's ReduceLROnPlateau, except for what counts as better: lower than best − max(atol, rtol·|best|). PyTorch's relative threshold,
 * best·(1 − rtol), lies above the best where that is negative, so that there even a worse number counts as better.
 */
import { type Options, readOptions } from '../clip/options.js'

const OPTIONS = {
  goal: { kind: 'choice', values: ['lower', 'higher'], default: 'lower', help: 'which numbers are better: losses or returns' },
  factor: { kind: 'number', above: 0, below: 1, default: 0.1, help: 'what the rate is multiplied by' },
  patience: {
    kind: 'number',
    whole: true,
    atLeast: 0,
    default: 10,
    help: 'reports without a better number that are let pass; at the next one the rate falls',
  },
  cooldown: { kind: 'number', whole: true, atLeast: 0, default: 0, help: 'reports after a fall that do not count' },
  rtol: { kind: 'number', atLeast: 0, default: 1e-4, help: 'what is better by less than this part of the best is not better' },
  atol: { kind: 'number', atLeast: 0, default: 0, help: 'the same as an absolute number' },
  minScale: { kind: 'number', atLeast: 0, atMost: 1, default: 0, help: 'the scale falls no further' },
} as const

export type PlateauSettings = Options<typeof OPTIONS>
export type PlateauOptions = Partial<PlateauSettings>

/** Plain data: it survives JSON. */
export interface PlateauState {
  /** What the learning rate is multiplied by: 1 at first. */
  readonly scale: number
  /** null before the first finite number. */
  readonly best: number | null
  /** Reports since the last better one. */
  readonly bad: number
  /** Reports that will not count. */
  readonly cooldown: number
}

export const PLATEAU_START: PlateauState = { scale: 1, best: null, bad: 0, cooldown: 0 }

/** @throws RangeError when an option is out of range or misspelt */
export const plateauSettings = (options: PlateauOptions = {}): PlateauSettings => readOptions('plateau', OPTIONS, options)

/** The state after one more number: a loss, a return. One that is not finite is not better. */
export function observePlateau(settings: PlateauSettings, state: PlateauState, value: number): PlateauState {
  const better = isBetter(settings, state.best, value)
  const best = better ? value + 0 : state.best // −0 would come back from JSON as 0
  const cooling = state.cooldown > 0
  const bad = better || cooling ? 0 : state.bad + 1
  if (bad <= settings.patience) return { scale: state.scale, best, bad, cooldown: cooling ? state.cooldown - 1 : 0 }
  return { scale: Math.max(settings.minScale, state.scale * settings.factor), best, bad: 0, cooldown: settings.cooldown }
}

function isBetter({ goal, rtol, atol }: PlateauSettings, best: number | null, value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (best === null) return true
  const by = Math.max(atol, rtol * Math.abs(best))
  return goal === 'lower' ? value < best - by : value > best + by
}
