/**
 * What a set of runs shows: a summary per clip rule, and paired differences against a baseline rule on the seeds that both have.
 *
 * A verdict is given only when the data carry it: every run of both rules has finished, the Holm-adjusted sign-flip p is below 0.05, and
 * the bootstrap interval of the mean difference leaves out 0. Everything else reads "no difference shown", which is not "no difference".
 * Failed runs are counted and listed: a rule that loses its bad seeds must not look better for it.
 */
import { type RandomStream, stream } from '../core/random.js'
import type { RunMeasures } from './measure.js'
import { type BootstrapOptions, bootstrapInterval, type Interval } from './statistics/bootstrap.js'
import { holm } from './statistics/holm.js'
import { probabilityOfImprovement } from './statistics/improvement.js'
import { interquartileMean, mean, median, standardDeviation } from './statistics/moments.js'
import { type PairedDifference, pairedDifference } from './statistics/paired.js'

/** One run of the grid with what became of it. */
export interface RunRow {
  readonly name: string
  readonly env: string
  readonly clip: string
  readonly seed: number
  /** Null when the run has no result to measure. */
  readonly measures: RunMeasures | null
  /** Why it has none: 'exit code 1', 'interrupted'; null when it has. */
  readonly failure: string | null
  /** Last lines of a failed run's standard error. */
  readonly lastWords: readonly string[]
}

/** The measures that can be compared, each with all its corrections apart. Higher is better for all. */
export type ComparedMeasure = 'finalReturn' | 'area' | 'lateDip'

/** Those that are, unless others are asked for. */
export const COMPARED = ['finalReturn', 'area'] as const satisfies readonly ComparedMeasure[]

export interface Distribution {
  readonly n: number
  readonly mean: number
  /** ddof 1; null for one value. */
  readonly sd: number | null
  readonly iqm: number
  /** Bootstrap interval of the IQM over seeds; null for one value, and for τ, clip rate and steps to threshold. */
  readonly interval: Interval | null
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface RuleSummary {
  readonly env: string
  readonly clip: string
  /** Runs measured. */
  readonly n: number
  /** Runs without a result. */
  readonly failed: number
  readonly finalReturn: Distribution | null
  readonly area: Distribution | null
  readonly lateDip: Distribution | null
  readonly evaluation: Distribution | null
  /** Over the runs that reached the threshold; `n` says how many. */
  readonly stepsToThreshold: Distribution | null
  /** Over the runs that ended with a limit. */
  readonly finalTau: Distribution | null
  readonly clipRate: Distribution | null
  /** Skipped minibatch steps of all runs. */
  readonly skipped: number
  readonly seconds: number | null
}

export type Verdict = 'better' | 'worse' | 'no difference shown' | 'not compared: runs failed' | 'not compared: no common seed'

export interface Difference {
  readonly env: string
  readonly clip: string
  readonly baseline: string
  readonly measure: ComparedMeasure
  /** Clip minus baseline; null without a common seed. */
  readonly paired: PairedDifference | null
  /** p after Holm over the rules of this environment and measure. */
  readonly adjustedP: number | null
  /** P(a run of the clip beats one of the baseline), ties as half. */
  readonly improvement: number | null
  readonly verdict: Verdict
}

/** P(improvement) over the baseline, over all environments together: needs no common scale. */
export interface OverallImprovement {
  readonly clip: string
  readonly baseline: string
  readonly envs: number
  readonly probability: number
  readonly interval: Interval
}

export interface Summary {
  readonly baseline: string
  readonly rules: readonly RuleSummary[]
  readonly differences: readonly Difference[]
  /** Empty for a single environment. */
  readonly overall: readonly OverallImprovement[]
}

export interface SummaryOptions {
  /** Clip that the others are compared with. Default: that of the first run. */
  readonly baseline?: string
  /** What is compared. Default: final return and area. */
  readonly measures?: readonly ComparedMeasure[]
  readonly bootstrap?: BootstrapOptions
}

/** Largest adjusted p that still counts as a difference. */
export const LEVEL = 0.05

/** Deterministic: every interval has a random stream of its own, named by what it describes, so adding a rule moves no other. */
export function summarise(runs: readonly RunRow[], options: SummaryOptions = {}): Summary {
  const envs = [...new Set(runs.map(({ env }) => env))]
  const clips = [...new Set(runs.map(({ clip }) => clip))]
  const baseline = options.baseline ?? clips[0] ?? ''
  const others = clips.filter((clip) => clip !== baseline)
  const bootstrap = options.bootstrap ?? {}
  const bySeed = runs.toSorted((a, b) => a.seed - b.seed)
  const of = (env: string, clip: string) => bySeed.filter((run) => run.env === env && run.clip === clip)
  return {
    baseline,
    rules: envs.flatMap((env) => clips.map((clip) => summariseRule(env, clip, of(env, clip), bootstrap))),
    differences: envs.flatMap((env) =>
      (options.measures ?? COMPARED).flatMap((measure) =>
        corrected(others.map((clip) => difference(env, clip, baseline, measure, of(env, clip), of(env, baseline), bootstrap))),
      ),
    ),
    overall: envs.length < 2 ? [] : others.flatMap((clip) => overall(clip, baseline, envs, of, bootstrap)),
  }
}

/** How many pairs it takes before one of `rules` comparisons can show a difference at all: the smallest n with rules · 2 / 2ⁿ < 0.05. */
export function pairsNeeded(rules: number): number {
  return Math.floor(Math.log2(Math.max(1, rules) / LEVEL)) + 2
}

function summariseRule(env: string, clip: string, runs: readonly RunRow[], bootstrap: BootstrapOptions): RuleSummary {
  const measured = runs.flatMap(({ measures }) => (measures === null ? [] : [measures]))
  const valuesOf = (name: keyof RunMeasures) => measured.flatMap((run) => (run[name] === null ? [] : [run[name]]))
  const spread = (name: keyof RunMeasures) => distribution(valuesOf(name))
  const score = (name: keyof RunMeasures) => distribution(valuesOf(name), stream(0, `iqm/${env}/${clip}/${name}`), bootstrap)
  return {
    env,
    clip,
    n: measured.length,
    failed: runs.length - measured.length,
    finalReturn: score('finalReturn'),
    area: score('area'),
    lateDip: score('lateDip'),
    evaluation: score('evaluation'),
    stepsToThreshold: spread('stepsToThreshold'),
    finalTau: spread('finalTau'),
    clipRate: spread('clipRate'),
    skipped: measured.reduce((sum, run) => sum + run.skipped, 0),
    seconds: measured.length === 0 ? null : mean(measured.map((run) => run.seconds)),
  }
}

/** Null for no values. @param random for the interval; without it there is none */
export function distribution(values: readonly number[], random?: RandomStream, bootstrap: BootstrapOptions = {}): Distribution | null {
  if (values.length === 0) return null
  const interval = () => bootstrapInterval([values], ([resample]) => interquartileMean(resample!), random!, bootstrap)
  return {
    n: values.length,
    mean: mean(values),
    sd: values.length > 1 ? standardDeviation(values) : null,
    iqm: interquartileMean(values),
    interval: random !== undefined && values.length > 1 ? interval() : null,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

function difference(
  env: string,
  clip: string,
  baseline: string,
  measure: ComparedMeasure,
  ours: readonly RunRow[],
  theirs: readonly RunRow[],
  bootstrap: BootstrapOptions,
): Difference {
  const scores = scoresBySeed(ours, measure)
  const reference = scoresBySeed(theirs, measure)
  const pairs = [...scores].flatMap(([seed, score]) => (reference.has(seed) ? [score - reference.get(seed)!] : []))
  const paired =
    pairs.length === 0 ? null : pairedDifference(pairs, stream(0, `difference/${env}/${clip}/${baseline}/${measure}`), bootstrap)
  const improvement =
    scores.size > 0 && reference.size > 0 ? probabilityOfImprovement([[...scores.values()]], [[...reference.values()]]) : null
  const complete = scores.size === ours.length && reference.size === theirs.length
  const verdict = paired === null ? 'not compared: no common seed' : complete ? 'no difference shown' : 'not compared: runs failed'
  return { env, clip, baseline, measure, paired, adjustedP: null, improvement, verdict }
}

/** Holm over the rules of one environment and measure, then the verdicts. */
function corrected(differences: readonly Difference[]): Difference[] {
  const tested = differences.filter(({ paired }) => paired !== null)
  const adjusted = holm(tested.map(({ paired }) => paired!.p))
  return differences.map((entry) => {
    const at = tested.indexOf(entry)
    if (at < 0) return entry
    const adjustedP = adjusted[at]!
    return { ...entry, adjustedP, verdict: entry.verdict === 'no difference shown' ? verdictOf(entry.paired!, adjustedP) : entry.verdict }
  })
}

function verdictOf({ interval }: PairedDifference, adjustedP: number): Verdict {
  if (adjustedP >= LEVEL || interval === null) return 'no difference shown'
  if (interval.low > 0) return 'better'
  return interval.high < 0 ? 'worse' : 'no difference shown'
}

function overall(
  clip: string,
  baseline: string,
  envs: readonly string[],
  of: (env: string, clip: string) => readonly RunRow[],
  bootstrap: BootstrapOptions,
): OverallImprovement[] {
  const ours = envs.map((env) => [...scoresBySeed(of(env, clip), 'finalReturn').values()])
  const theirs = envs.map((env) => [...scoresBySeed(of(env, baseline), 'finalReturn').values()])
  if ([...ours, ...theirs].some((scores) => scores.length === 0)) return []
  const statistic = (strata: readonly ArrayLike<number>[]) =>
    probabilityOfImprovement(strata.slice(0, envs.length), strata.slice(envs.length))
  const strata = [...ours, ...theirs]
  const interval = bootstrapInterval(strata, statistic, stream(0, `overall/${clip}/${baseline}`), bootstrap)
  return [{ clip, baseline, envs: envs.length, probability: statistic(strata), interval }]
}

function scoresBySeed(runs: readonly RunRow[], measure: ComparedMeasure): Map<number, number> {
  const scores = new Map<number, number>()
  for (const { seed, measures } of runs) {
    const score = measures?.[measure]
    if (typeof score === 'number') scores.set(seed, score)
  }
  return scores
}
