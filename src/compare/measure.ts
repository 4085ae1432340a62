/**
 * What one finished run is judged by, from its episodes, its metrics and its result. All numbers are functions of the run folder.
 *
 * The learning curve is the running mean R: after each finished training episode the mean return of the last 100 of them (of all of
 * them, as long as there are fewer). It is a step function of the environment steps: R holds from one episode's end to the next.
 */
import type { Metrics, RunResult } from '../core/events.js'
import { mean } from './statistics/moments.js'

/** Episodes in the running mean. */
const WINDOW = 100

export interface RunMeasures {
  /** R at the end: mean return of the last 100 training episodes. Null when none ended. */
  readonly finalReturn: number | null
  /** R averaged over the environment steps from the first episode's end to the end of the run: how well and how soon. */
  readonly area: number | null
  /** The lowest R in the second half of the steps: how far a policy that had learnt fell back. */
  readonly lateDip: number | null
  /** Environment steps until R, over 100 full episodes, first reached the threshold; null when it did not or there is no threshold. */
  readonly stepsToThreshold: number | null
  /** Mean return of the last evaluation: greedy actions, separate environments. */
  readonly evaluation: number | null
  /** Share of clipped minibatch steps (or groups, or elements), mean over updates. */
  readonly clipRate: number | null
  /** τ of the last update, mean over its groups; null = no limit. */
  readonly finalTau: number | null
  /** Minibatch steps skipped because a gradient was not finite. */
  readonly skipped: number
  readonly steps: number
  readonly episodes: number
  /** Wall-clock seconds of the run. */
  readonly seconds: number
}

/** One finished episode; they come in the order of their ends. */
export interface EpisodeScore {
  /** Environment steps of the run when it ended. */
  readonly step: number
  readonly return: number
}

export interface RunRecord {
  readonly result: RunResult
  readonly episodes: readonly EpisodeScore[]
  /** One object per update, in order. */
  readonly metrics: readonly Metrics[]
  /**
   * Environment steps of the whole run as configured. A run that ended early because it was solved is taken to have stayed where it was
   * until then: otherwise the quickest run would have the shortest, and so the lowest, curve.
   */
  readonly totalSteps?: number
}

/** @param threshold return that counts as reached, or null */
export function measureRun({ result, episodes, metrics, totalSteps }: RunRecord, threshold: number | null): RunMeasures {
  const curve = runningMean(episodes)
  const end = result.status === 'solved' ? Math.max(result.steps, totalSteps ?? 0) : result.steps
  const last = metrics.at(-1)
  return {
    finalReturn: curve.at(-1)?.value ?? null,
    area: averageOverSteps(curve, end),
    lateDip: lowestFrom(curve, end / 2),
    stepsToThreshold: threshold === null ? null : (curve.find(({ value }, i) => i + 1 >= WINDOW && value >= threshold)?.step ?? null),
    evaluation: result.evalReturnMean,
    clipRate: meanOrNull(metrics.map((row) => row['grad/clip_rate'])),
    finalTau: last?.['grad/tau'] ?? null,
    skipped: last?.['grad/skipped'] ?? 0,
    steps: result.steps,
    episodes: episodes.length,
    seconds: result.seconds,
  }
}

export interface CurvePoint {
  readonly step: number
  readonly value: number
}

/** R after each episode: the mean return of the last 100, or of all while there are fewer. */
export function runningMean(episodes: readonly EpisodeScore[]): CurvePoint[] {
  return episodes.map(({ step }, i) => {
    const window = episodes.slice(Math.max(0, i + 1 - WINDOW), i + 1)
    return { step, value: mean(window.map((episode) => episode.return)) }
  })
}

/** The step function's mean from its first point to `end`. */
function averageOverSteps(curve: readonly CurvePoint[], end: number): number | null {
  const first = curve[0]
  const last = curve.at(-1)
  if (first === undefined || last === undefined) return null
  if (end <= first.step) return last.value
  let sum = 0
  curve.forEach(({ step, value }, i) => {
    sum += value * (Math.min(end, curve[i + 1]?.step ?? end) - step)
  })
  return sum / (end - first.step)
}

/** The step function's minimum from `step` on, the value in force at `step` included. */
function lowestFrom(curve: readonly CurvePoint[], step: number): number | null {
  const inForce = curve.findLastIndex((point) => point.step <= step)
  const values = curve.slice(Math.max(0, inForce)).map(({ value }) => value)
  return values.length === 0 ? null : values.reduce((lowest, value) => Math.min(lowest, value))
}

function meanOrNull(values: readonly (number | null | undefined)[]): number | null {
  const numbers = values.filter((value): value is number => typeof value === 'number')
  return numbers.length === 0 ? null : mean(numbers)
}
