/**
 * A study of clipping: the same training under several clips and several seeds, as one table and one plot.
 *
 * Every run is decided by its seed alone, and seeds are paired: seed 2 starts from the same weights and sees the same data under each
 * clip. A run has diverged when its measure stopped being a finite number, or when its loss ended above twice the loss of guessing. It
 * has learnt when it ended clearly better than guessing; with clipping off, a run that did not is often one that blew up and then froze.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { train } from '@tensorflow/tfjs-core'
import { UsageError, withClipping } from 'tau-rl/clip'
import { readClips } from '../../src/compare/grid.js'
import type { Column } from '../../src/compare/report/columns.js'
import { formatNumber, formatPercent } from '../../src/compare/report/format.js'
import { table } from '../../src/compare/report/table.js'
import { mean, standardDeviation } from '../../src/compare/statistics/moments.js'
import { chart, type Line } from './chart.js'

/** One training. */
export interface Course {
  /** The measure after each step, as far as the run got; a last value that is not finite is where it broke. */
  readonly values: readonly number[]
  /** L2 norms of the raw gradients, one per step taken. */
  readonly norms: readonly number[]
  /** Share of the steps (or groups) clipped. */
  readonly clipRate: number
}

export interface RunOptions {
  /** A name with options, as `npm run train -- --clip` takes it. */
  readonly clip: string
  readonly seed: number
  readonly steps: number
  /** The learning rate. */
  readonly rate: number
}

export interface Study {
  /** Of the plot's file. */
  readonly name: string
  readonly title: string
  /** What is measured, with its unit: 'cross-entropy, nats per character'. */
  readonly measure: string
  readonly better: 'lower' | 'higher'
  /** The measure of guessing, which every learner should beat. */
  readonly guess: number
  readonly clips: readonly string[]
  readonly seeds: number
  readonly steps: number
  /** What a step is, in the plural. Default 'steps'. */
  readonly unit?: string
  readonly rate: number
  readonly run: (options: RunOptions) => Promise<Course>
}

/** What one clip came to. */
export interface Row {
  readonly clip: string
  /** The measure at the end of each seed: mean of the last tenth of the steps; not finite where the run broke. */
  readonly finals: readonly number[]
  /** Those that did not diverge. */
  readonly settled: readonly number[]
  readonly diverged: number
  /** Seeds that ended clearly better than guessing. */
  readonly learnt: number
  readonly seeds: number
  /** Median raw gradient norm of all steps. */
  readonly norm: number
  readonly largestNorm: number
  readonly clipRate: number
}

const HELP = `Flags:
  --clips A,B,…  what to compare, as for npm run compare: none,global-norm:tau=0.1,agc
  --seeds N      runs of each, seeds 1 to N
  --steps N      length of a run
  --rate R       learning rate
  --out FOLDER   where the plot goes (examples/out)`

/**
 * Runs studies with the flags of a command line and prints what they found.
 * @returns the rows of each study
 * @throws UsageError for a flag or a clip that is wrong, before anything runs
 */
export async function studies(
  all: readonly Study[],
  args: readonly string[],
  print: (line: string) => void = console.log,
): Promise<Row[][]> {
  const flags = readFlags(args)
  if (flags === null) {
    print(HELP)
    return []
  }
  const found: Row[][] = []
  for (const study of all) {
    const { clips, seeds, steps, rate, out, guess } = { ...study, ...flags }
    const unit = study.unit ?? 'steps'
    print(`${study.title}: ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${steps} ${unit}, learning rate ${rate}`)
    const lines: Line[] = []
    const rows: Row[] = []
    for (const clip of clips) {
      const courses: Course[] = []
      for (let seed = 1; seed <= seeds; seed++) courses.push(await study.run({ clip, seed, steps, rate }))
      rows.push(row(study, clip, courses))
      lines.push(...courses.map(({ values }) => ({ name: clip, values })))
    }
    for (const line of table(COLUMNS, rows)) print(line)
    const file = join(out, `${study.name}.svg`)
    mkdirSync(out, { recursive: true })
    writeFileSync(
      file,
      chart(lines, {
        title: study.title,
        measure: study.measure,
        steps,
        unit,
        guess,
        ...(study.better === 'lower' && { most: 2 * guess }),
      }),
    )
    print(`final: ${study.measure}, mean of the last tenth; guessing: ${formatNumber(guess)}. Plot: ${file}`)
    print('')
    found.push(rows)
  }
  return found
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'clip', align: 'left', cell: ({ clip }) => clip },
  { title: 'final', align: 'right', cell: ({ settled }) => (settled.length === 0 ? '–' : formatNumber(mean(settled))) },
  { title: '± sd', align: 'right', cell: ({ settled }) => (settled.length < 2 ? '–' : formatNumber(standardDeviation(settled))) },
  { title: 'diverged', align: 'right', cell: ({ diverged, seeds }) => (diverged === 0 ? 'no' : `${diverged} of ${seeds}`) },
  { title: 'learnt', align: 'right', cell: ({ learnt, seeds }) => `${learnt} of ${seeds}` },
  { title: 'median norm', align: 'right', cell: ({ norm }) => formatNumber(norm) },
  { title: 'largest', align: 'right', cell: ({ largestNorm }) => formatNumber(largestNorm) },
  { title: 'clipped', align: 'right', cell: ({ clipRate }) => formatPercent(clipRate) },
]

/** Of the measure of guessing: a loss below this share of it was not guessed. */
const LEARNT = 0.9

function row(study: Study, clip: string, courses: readonly Course[]): Row {
  const finals = courses.map(({ values }) => final(values))
  const settled = finals.filter((value) => Number.isFinite(value) && (study.better === 'higher' || value <= 2 * study.guess))
  const norms = courses.flatMap((course) => course.norms).sort((a, b) => a - b)
  return {
    clip,
    finals,
    settled,
    diverged: courses.length - settled.length,
    learnt: settled.filter((value) => (study.better === 'lower' ? value < LEARNT * study.guess : value > study.guess / LEARNT)).length,
    seeds: courses.length,
    norm: norms[norms.length >> 1] ?? Number.NaN,
    largestNorm: norms.at(-1) ?? Number.NaN,
    clipRate: mean(courses.map((course) => course.clipRate)),
  }
}

/** Mean of the last tenth; not finite for a run that broke. */
function final(values: readonly number[]): number {
  return mean(values.slice(-Math.max(1, Math.ceil(values.length / 10))))
}

interface Flags {
  readonly clips?: readonly string[]
  readonly seeds?: number
  readonly steps?: number
  readonly rate?: number
  readonly out: string
}

/** @returns null when help was asked for */
function readFlags(args: readonly string[]): Flags | null {
  const text = { type: 'string' } as const
  const options = { clips: text, seeds: text, steps: text, rate: text, out: text, help: { type: 'boolean', short: 'h' } } as const
  const { values } = usage(() => parseArgs({ args: [...args], options }))
  if (values.help) return null
  return {
    ...(values.clips !== undefined && { clips: checkedClips(values.clips) }),
    ...(values.seeds !== undefined && { seeds: count('--seeds', values.seeds) }),
    ...(values.steps !== undefined && { steps: count('--steps', values.steps) }),
    ...(values.rate !== undefined && { rate: positive('--rate', values.rate) }),
    out: values.out ?? join('examples', 'out'),
  }
}

function checkedClips(text: string): string[] {
  const clips = readClips(text)
  for (const clip of clips) withClipping(train.sgd(1), clip).dispose()
  return clips
}

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`${flag}: expected a number above 0, got "${text}"`)
  return value
}

function count(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new UsageError(`${flag}: expected a whole number of at least 1, got "${text}"`)
  return value
}

/** A mistyped flag is the reader's mistake, not ours: no stack. */
function usage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${HELP}`)
  }
}
