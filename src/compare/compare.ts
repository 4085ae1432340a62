/**
 * The whole comparison: plan the grid, run what is missing, measure every run, summarise, and write the reports.
 *
 * Nothing here knows how a run is started: the caller gives the command. What comes out depends on the run folders alone (the bootstrap is
 * seeded), so comparing finished runs again writes the same files, byte for byte.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { positiveInteger } from '../core/checks.js'
import { RunError, UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import { writeAtomically } from '../record/atomic-file.js'
import type { Launch } from './child.js'
import { comparisonFiles, comparisonName, openComparison, runFolder, setAside, specState } from './folder.js'
import { experimentGrid, type RunSpec } from './grid.js'
import { measureRun } from './measure.js'
import { type Outcome, runPool } from './pool.js'
import type { CompareEvent } from './progress.js'
import { readRun } from './read-run.js'
import { DIFFERENCE_CSV_COLUMNS, RULE_COLUMNS, RUN_COLUMNS, toCsv } from './report/csv.js'
import { comparisonMarkdown } from './report/markdown.js'
import type { BootstrapOptions } from './statistics/bootstrap.js'
import { type RunRow, type Summary, summarise } from './summary.js'

export interface CompareOptions {
  /** Folder of comparisons, created if need be: 'comparisons'. */
  readonly root: string
  /** Name in it. Default: made of the environments and the shared flags, so that the same request goes on where it stopped. */
  readonly name?: string
  readonly envs: readonly string[]
  readonly clips: readonly string[]
  readonly seeds: readonly number[]
  /** Flags of `train` that all runs share. */
  readonly args?: readonly string[]
  /** Clip that the others are compared with. Default: the first. */
  readonly baseline?: string
  /** Return that counts as reached. Default: what each environment counts as solved. */
  readonly threshold?: number
  /** Runs at a time. Default: the number of cores. */
  readonly parallel?: number
  /** The command that trains one run; `spec.args` are its flags. It must leave a run folder at `spec.folder`. */
  readonly start: (spec: RunSpec) => Launch
  readonly signal?: AbortSignal
  readonly onEvent?: (event: CompareEvent) => void
  readonly bootstrap?: BootstrapOptions
  /** Milliseconds since 1970, for the lock. */
  readonly now: number
}

export interface Comparison {
  readonly name: string
  /** Comparison folder. */
  readonly folder: string
  readonly args: readonly string[]
  /** Per environment; null where there is none. */
  readonly threshold: Readonly<Record<string, number | null>>
  readonly runs: readonly RunRow[]
  readonly summary: Summary
  /** A signal's name or 'abort' when the comparison was cut short; its reports then hold what there is. */
  readonly interruptedBy: string | null
}

/**
 * @throws UsageError for a wrong request, before anything starts; RunError when another comparison is at work in the folder
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { envs, clips, seeds, args = [], now } = options
  const name = options.name ?? comparisonName(envs, args)
  if (!/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,199}$/.test(name)) {
    throw new UsageError(`comparison name must be letters, digits and ".+_-", starting with a letter or digit, got "${name}"`)
  }
  if (options.baseline !== undefined && !clips.includes(options.baseline)) {
    throw new UsageError(`baseline "${options.baseline}" is not among the clips ${clips.join(', ')}.${didYouMean(options.baseline, clips)}`)
  }
  const parallel = positiveInteger('parallel', options.parallel ?? availableParallelism())
  const folder = join(options.root, name)
  const specs = experimentGrid({ folder, envs, clips, seeds, args })

  const lock = openComparison(folder, args, now)
  try {
    const states = specs.map((spec) => ({ spec, state: specState(spec, now) }))
    const missing = states.filter(({ state }) => state !== 'finished').map(({ spec }) => spec)
    const moved = states.flatMap(({ spec, state }) => (state === 'unfinished' ? [setAside(folder, spec)] : []))
    options.onEvent?.({ kind: 'planned', total: specs.length, finished: specs.length - missing.length, setAside: moved, parallel })
    const { outcomes, interruptedBy } = await runPool({
      specs: missing,
      start: options.start,
      parallel,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.onEvent ? { onEvent: options.onEvent } : {}),
    })
    const comparison = gather(options, { name, folder, specs, outcomes, interruptedBy })
    writeReports(comparison)
    return comparison
  } finally {
    lock.release()
  }
}

interface Gathered {
  readonly name: string
  readonly folder: string
  readonly specs: readonly RunSpec[]
  readonly outcomes: readonly Outcome<RunSpec>[]
  readonly interruptedBy: string | null
}

function gather(options: CompareOptions, { name, folder, specs, outcomes, interruptedBy }: Gathered): Comparison {
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.spec.name, outcome]))
  const threshold: Record<string, number | null> = {}
  const runs = specs.map((spec): RunRow => {
    const { env, clip, seed } = spec
    const row = { name: spec.name, env, clip, seed }
    const outcome = outcomeOf.get(spec.name)
    const failed = (failure: string): RunRow => ({ ...row, measures: null, failure, lastWords: outcome?.lastWords ?? [] })
    if (outcome !== undefined && outcome.status !== 'done') return failed(outcome.reason ?? outcome.status)
    try {
      const { solvedAt, ...record } = readRun(runFolder(spec))
      if (record.result.status !== 'done' && record.result.status !== 'solved') return failed(`its result says "${record.result.status}"`)
      threshold[env] = options.threshold ?? solvedAt
      return { ...row, measures: measureRun(record, threshold[env]), failure: null, lastWords: [] }
    } catch (error) {
      if (error instanceof RunError) return failed(error.message)
      throw error
    }
  })
  const summary = summarise(runs, {
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    ...(options.bootstrap ? { bootstrap: options.bootstrap } : {}),
  })
  return { name, folder, args: options.args ?? [], threshold, runs, summary, interruptedBy }
}

function writeReports(comparison: Comparison): void {
  const { folder, runs, summary } = comparison
  const files = comparisonFiles(folder)
  writeAtomically(files.comparison, `${JSON.stringify({ format: 1, ...comparison, folder: undefined }, null, 2)}\n`)
  writeAtomically(files.runs, toCsv(RUN_COLUMNS, runs))
  writeAtomically(files.rules, toCsv(RULE_COLUMNS, summary.rules))
  writeAtomically(files.differences, toCsv(DIFFERENCE_CSV_COLUMNS, summary.differences))
  writeAtomically(files.report, comparisonMarkdown(comparison))
}
