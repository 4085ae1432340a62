/** The runs of the study in one CSV file: what each was and what it came to, so that the tables can be made again without training. */

import type { RunMeasures } from '../../src/compare/measure.js'
import { type CsvColumn, readCsv, toCsv } from '../../src/compare/report/csv.js'
import type { RunRow } from '../../src/compare/summary.js'
import { trialKey } from './plan.js'

const DIGITS = 6 // significant; the tables show four

const measure = (name: string, meaning: string, key: keyof RunMeasures): CsvColumn<RunRow> => ({
  name,
  meaning,
  value: ({ measures }) => {
    const value = measures?.[key] ?? null
    return value === null ? null : Number(value.toPrecision(DIGITS))
  },
})

const NUMBERS = [
  ['final_return', 'finalReturn', 'mean return of the last 100 training episodes'],
  ['area', 'area', 'running mean of the last 100 returns, averaged over environment steps'],
  ['late_dip', 'lateDip', 'lowest running mean in the second half of the steps'],
  ['clip_rate', 'clipRate', 'share of minibatch steps (or groups, or elements) clipped, mean over updates'],
  ['final_tau', 'finalTau', 'τ of the last update, mean over its groups; empty: no limit'],
  ['skipped', 'skipped', 'minibatch steps skipped, gradient not finite'],
  ['steps', 'steps', 'environment steps'],
  ['episodes', 'episodes', 'training episodes finished'],
  ['seconds', 'seconds', 'wall-clock seconds'],
] as const satisfies readonly (readonly [string, keyof RunMeasures, string])[]

export const STUDY_COLUMNS: readonly CsvColumn<RunRow>[] = [
  { name: 'setting', meaning: 'task and what is done to its rewards', value: ({ env }) => env },
  { name: 'clip', meaning: 'clip as `--clip` takes it', value: ({ clip }) => clip },
  { name: 'seed', meaning: 'seed of the run', value: ({ seed }) => seed },
  { name: 'status', meaning: '`done`, or why there is no result', value: ({ failure }) => failure?.replaceAll(/\s+/g, ' ') ?? 'done' },
  ...NUMBERS.map(([name, key, meaning]) => measure(name, meaning, key)),
]

export const runsToCsv = (runs: readonly RunRow[]): string => toCsv(STUDY_COLUMNS, runs)

/** The lines of some runs without the header, to add to a file. */
export const runLines = (runs: readonly RunRow[]): string => runsToCsv(runs).slice(runsToCsv([]).length)

/** The inverse of `runsToCsv`. A last line cut off in the middle, as a killed process may leave it, counts as no run. */
export function runsFromCsv(csv: string): RunRow[] {
  return readCsv(csv.slice(0, csv.lastIndexOf('\n') + 1)).map((cells): RunRow => {
    const { setting = '', clip = '', status = '' } = cells
    const seed = Number(cells['seed'])
    const number = (name: string) => (cells[name] === '' || cells[name] === undefined ? null : Number(cells[name]))
    const measured = Object.fromEntries(NUMBERS.map(([name, key]) => [key, number(name)]))
    return {
      name: trialKey({ setting, clip, seed }),
      env: setting,
      clip,
      seed,
      measures: status === 'done' ? ({ stepsToThreshold: null, evaluation: null, ...measured } as unknown as RunMeasures) : null,
      failure: status === 'done' ? null : status,
      lastWords: [],
    }
  })
}
