/**
 * Learning-rate schedules: what the rate is at each step, as plain data (JSON) read by one pure function.
 *
 *     { kind: 'warmup', steps: 500, rate: { kind: 'cosine', from: 1e-3, to: 0, steps: 10_000 } }
 *
 * Steps count from 0: the first step of training has step 0. A schedule that is over keeps its last rate. Every schedule can stand inside a
 * warm-up or a sequence, where its own steps count from the beginning of its part.
 * Source of the cosine: Loshchilov & Hutter 2017 (arXiv:1608.03983) eq. 5, without restarts; of the warm-up: Goyal et al. 2017
 * (arXiv:1706.02677) section 2.2. What depends on how training goes is in reduce-on-plateau.ts.
 */
import { readOptions } from '../clip/options.js'
import { didYouMean } from '../core/suggest.js'

/** A number is a constant rate. Rates are at least 0, steps whole numbers of at least 1. */
export type RateSchedule =
  | number
  /** From `from` in a straight line to `to`, reached after `steps` steps. */
  | { readonly kind: 'linear'; readonly from: number; readonly to: number; readonly steps: number }
  /** The same along half a cosine: slow, fast, slow. */
  | { readonly kind: 'cosine'; readonly from: number; readonly to: number; readonly steps: number }
  /** `rate` times `factor` after every `every` steps. */
  | { readonly kind: 'step'; readonly rate: number; readonly factor: number; readonly every: number }
  /** For `steps` steps a growing part of the first rate of `rate`: 1/steps of it, 2/steps, …; from there on `rate`, from its beginning. */
  | { readonly kind: 'warmup'; readonly steps: number; readonly rate: RateSchedule }
  /** Each part for its `steps`, one after the other; the last goes on. */
  | { readonly kind: 'sequence'; readonly parts: readonly { readonly steps: number; readonly rate: RateSchedule }[] }

/** The rate at `step` (whole, from 0) of a schedule that `checkRateSchedule` has passed. */
export function rateAt(schedule: RateSchedule, step: number): number {
  if (typeof schedule === 'number') return schedule
  switch (schedule.kind) {
    case 'linear':
      return between(schedule.from, schedule.to, Math.min(1, step / schedule.steps))
    case 'cosine':
      return between(schedule.to, schedule.from, (1 + Math.cos(Math.PI * Math.min(1, step / schedule.steps))) / 2)
    case 'step':
      return schedule.rate * schedule.factor ** Math.floor(step / schedule.every)
    case 'warmup':
      if (step >= schedule.steps) return rateAt(schedule.rate, step - schedule.steps)
      return (rateAt(schedule.rate, 0) * (step + 1)) / schedule.steps
    case 'sequence': {
      let start = 0
      for (const { steps, rate } of schedule.parts.slice(0, -1)) {
        if (step < start + steps) return rateAt(rate, step - start)
        start += steps
      }
      return rateAt(schedule.parts.at(-1)!.rate, step - start)
    }
  }
}

/**
 * @param where opens each message: 'tfAdam: learningRate'
 * @returns the schedule as plain data of its own, which later changes to the given object do not reach
 * @throws RangeError when something is missing, misspelt or out of range
 */
export function checkRateSchedule(where: string, schedule: unknown): RateSchedule {
  if (typeof schedule === 'number') return numbers(where, { rate: RATE }, { rate: schedule }).rate
  if (!isObject(schedule)) throw new RangeError(`${where} must be a number or a schedule, got ${JSON.stringify(schedule)}`)
  const { kind, ...rest } = schedule
  switch (kind) {
    case 'linear':
    case 'cosine':
      return { kind, ...numbers(`${where}: ${kind}`, { from: RATE, to: RATE, steps: STEPS }, rest) }
    case 'step':
      return { kind, ...numbers(`${where}: step`, { rate: RATE, factor: FACTOR, every: STEPS }, rest) }
    case 'warmup': {
      const { rate, ...own } = rest
      return { kind, ...numbers(`${where}: warmup`, { steps: STEPS }, own), rate: checkRateSchedule(`${where}: warmup: rate`, rate) }
    }
    case 'sequence': {
      const { parts, ...strangers } = rest
      numbers(`${where}: sequence`, {}, strangers)
      if (!Array.isArray(parts) || parts.length === 0)
        throw new RangeError(`${where}: sequence: parts must be a list with at least one part`)
      return { kind, parts: parts.map((part: unknown, i) => checkPart(`${where}: sequence: parts[${i}]`, part)) }
    }
    default:
      throw new RangeError(
        `${where} has no kind ${JSON.stringify(kind)}.${didYouMean(String(kind), KINDS)} Kinds: ${KINDS.join(', ')}, or a number.`,
      )
  }
}

const KINDS = ['linear', 'cosine', 'step', 'warmup', 'sequence']
const RATE = { kind: 'number', atLeast: 0, default: Number.NaN, help: 'a learning rate' } as const
const FACTOR = { kind: 'number', above: 0, default: Number.NaN, help: 'what the rate is multiplied by' } as const
const STEPS = { kind: 'number', whole: true, atLeast: 1, default: Number.NaN, help: 'steps' } as const

type NumberTable = { readonly [name: string]: typeof RATE | typeof FACTOR | typeof STEPS }

/** All of these must be given: a default of NaN is refused. */
const numbers = <const T extends NumberTable>(where: string, table: T, given: Readonly<Record<string, unknown>>) =>
  readOptions(where, table, given) as { readonly [K in keyof T]: number }

function checkPart(where: string, part: unknown): { steps: number; rate: RateSchedule } {
  if (!isObject(part)) throw new RangeError(`${where} must be { steps, rate }, got ${JSON.stringify(part)}`)
  const { rate, ...own } = part
  return { ...numbers(where, { steps: STEPS }, own), rate: checkRateSchedule(`${where}: rate`, rate) }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const between = (from: number, to: number, share: number): number => from + (to - from) * share
